"""What `validate` accepts, and whether each of it starts: `python -m tests.config.starts [N] [SEED]`.

Each text draws some settings from what its comment in `default.yaml` promises, its bounds first. What is
accepted is assembled in this process up to the point where devices would be opened: the whole service on a
state folder of its own, and the measures behind the models, some of them fed two seconds of three people.
`--real M` starts M more for real, until READY and to their end by SIGTERM.
"""

import argparse
import contextlib
import logging
import os
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

from edge.cli import main as command
from edge.config import Config, parse, require_service
from edge.errors import ConfigError
from edge.pipeline.device import Device
from edge.pipeline.engine import SignalEngine
from edge.records import CHANNELS, Expression
from edge.service import Boot
from tests.config.fuzz import CHOICE, PROMISES, RANGE

TEXTS = {
    "an absolute path": ("/etc/passwd", "/proc/self", "/nowhere/below", "/dev/null/x"),
    "a path": ("''", "/nowhere", "~nobody/x", "~", "relative", "/dev/null", "'~no such user/x'", "büro"),
    "text on one line": ("''", "a", "'üser name'", "'%s {0} ! x'", "'\\\\'"),
    "a host": (
        "127.0.0.1",
        "hub.local.",
        "'::1'",
        "'fe80::1%eth0'",
        "nobody.invalid",
        "'127.0.0.1:1'",
        "'a b'",
    ),
    "at most eight levels": (
        "''",
        "a",
        "a/b.c/d_e",
        "büro/étage",
        "_x",
        "a//b",
        "x" * 64,
        "'#'",
        "1/2/3/4/5/6/7/8",
    ),
    "..64 letters": ("a", "'0'", "x" * 64, "_hq", "-a", "a.b", "a_b-c", "ü", "''"),
    "a path such as": ("/", "/mqtt", "'/a?b=c'", "mqtt", "'/a b'"),
    "a word": ("float", "int8", "nosuch", "auto", "'0'"),
    "a measure": ("[]", "[coupling_loop]", "[mimicry_index, response_pull]", "[nosuch]", "[rapport_triad]"),
    "a channel": ("[AU12]", "[AU45]", "[AU12, AU01, AU45]", "[smile]", "[]", f"[{', '.join(CHANNELS)}]"),
    "true or false": ("true", "false"),
    "an address with": ("''", "'https://a/b?c'", "a"),
    "one to eight levels": ("homeassistant", "a/b", "''", "'#'"),
    "a table of text": ("{}", "{device: usb}", "{a: 1, b: ü}"),
}
"""Values, good and bad, of a setting whose comment says so."""
DEFAULT = ("''",)
HUB = {"host": "127.0.0.1", "port": "1", "tls": "false"}
RAM = "/dev/shm" if Path("/dev/shm").is_dir() else None
START_S, END_S = 60.0, 30.0
AT_ONCE = 6
ALONE = threading.Lock()
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["edge.cli.run", "edge.pipeline.device", "tests.config.fuzz"])
FED_EVERY = 50
NEVER = {("service", "led_pin"), ("service", "button_pin"), ("publish", "metrics_port")}
"""Settings of devices, which are opened and thus not assembled here."""


def values(key: tuple[str, str], draw: random.Random) -> str:
    """Return a value for a setting, as text, by what its comment promises."""
    promise = PROMISES[key]
    if (span := RANGE.search(promise)) is not None:
        low, high = float(span[1]), float(span[2])
        kind = int if "an integer" in span[0] else float
        number = draw.choice([low, high, draw.uniform(low, high), low + (high - low) * draw.random() ** 4])
        return str(kind(number))
    if (choice := CHOICE.search(promise)) is not None:
        return draw.choice(choice[1].split(", "))
    return draw.choice(next((texts for words, texts in TEXTS.items() if words in promise), DEFAULT))


def text(draw: random.Random, state: str, models: str = "") -> str:
    """Return a configuration of one to eight drawn settings, and a hub that is not there."""
    drawn: dict[str, dict[str, str]] = {"publish": dict(HUB), "service": {"state_dir": state}}
    for key in draw.sample([key for key in PROMISES if key not in NEVER], draw.randint(1, 8)):
        drawn.setdefault(key[0], {})[key[1]] = values(key, draw)
    if models:
        drawn.setdefault("tflite", {})["models"] = models
    return "".join(
        f"{section}: {{{', '.join(f'{name}: {value}' for name, value in settings.items())}}}\n"
        for section, settings in drawn.items()
    )


def accepted(text: str) -> Config | None:
    """Return the configuration if `validate` accepts it."""
    try:
        config = parse(text)
        require_service(config, "c.yaml")
    except ConfigError:
        return None
    return config


def assemble(config: Config, *, fed: bool) -> None:
    """Put the service together and the measures behind the models, perhaps feed them; nothing may raise."""
    Device(Boot(config=config), Path("/nowhere.yaml")).close()
    engine, draw = SignalEngine(config), np.random.default_rng(1)
    for index in range(2 * fed * round(config.mimicry.rate_hz)):
        t_ns = round(index * 1e9 / config.mimicry.rate_hz)
        engine.update([_expression(person, index, t_ns, draw) for person in range(3)], t_ns)
    engine.finish()
    engine.wipe()


def _expression(person: int, index: int, t_ns: int, draw: np.random.Generator) -> Expression:
    x = draw.normal(size=len(CHANNELS))
    return Expression(
        t_ns=t_ns,
        index=index,
        person=person,
        raw=x / 10,
        x=x,
        pose_rad=(0.1, 0.0, 0.0),
        canthus_px=60.0,
        presence=0.99,
        box_px=(10.0, 20.0, 80.0, 80.0),
    )


def configurations(seed: int, state: Path, models: str = "") -> Iterator[tuple[str, Config]]:
    """Yield accepted texts without end; one whose state folder was not drawn has `state`."""
    draw = random.Random(seed)
    while True:
        one = text(draw, str(state), models)
        if (config := accepted(one)) is not None:
            yield one, config


def assembled(n: int, seed: int) -> int:
    """Assemble n accepted configurations; return how many did not raise, and print those that did."""
    good = 0
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(dir=RAM) as folder:
        found = configurations(seed, Path(folder) / "state", "/nowhere")
        for number, (one, config) in zip(range(n), found, strict=False):
            try:
                assemble(config, fed=number % FED_EVERY == 0)
                good += 1
            except Exception as error:  # one configuration does not hide the others
                print(f"{type(error).__name__}: {error}\n{one}", file=sys.stderr)
    logging.disable(logging.NOTSET)
    return good


def started(n: int, seed: int) -> int:
    """Start n accepted configurations as a service manager would; return how many ran and ended well."""
    with tempfile.TemporaryDirectory(dir=RAM) as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        found = configurations(seed, Path("STATE"))
        runs = [
            pool.submit(_runs, Path(folder) / str(number), one)
            for number, (one, _) in zip(range(n), found, strict=False)
        ]
        return sum(run.result() for run in runs)


def _runs(folder: Path, one: str) -> bool:
    """Start one, alone if others may have its state folder; return whether it ran and ended well."""
    with contextlib.nullcontext() if "STATE" in one else ALONE:
        return _lives(folder, one)


def _lives(folder: Path, one: str) -> bool:
    """Start one; it must report READY, turn on for a second and end by SIGTERM with 0."""
    folder.mkdir()
    (folder / "c.yaml").write_text(one.replace("STATE", f"{folder}/state"))
    address = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(1.0)
        process = FORKS.Process(target=_serve, args=(folder,))
        process.start()
        ready = _ready(manager, process)
        process.join(1.0)
        process.terminate()
        process.join(END_S)
        good = ready and process.exitcode == 0
        process.kill()
    if not good:
        print(f"{one}{(folder / 'log').read_text(errors='replace')[-2000:]}", file=sys.stderr)
    shutil.rmtree(folder)
    return good


def _serve(folder: Path) -> None:
    """Be the service; the imports of its program are done already."""
    with (folder / "log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    os.environ |= {"NOTIFY_SOCKET": str(folder / "notify"), "RUNTIME_DIRECTORY": str(folder)}
    sys.argv = ["mimicry-edge", "run", "--config", str(folder / "c.yaml")]
    sys.exit(command())


def _ready(manager: socket.socket, process: BaseProcess) -> bool:
    """Wait until it reports READY; False when it dies before or takes too long."""
    until_s = time.monotonic() + START_S
    while process.is_alive() and time.monotonic() < until_s:
        with contextlib.suppress(TimeoutError):
            if b"READY=1" in manager.recv(4096):
                return True
    return False


def main() -> int:
    """Print what started."""
    parser = argparse.ArgumentParser(prog="tests.config.starts")
    parser.add_argument("n", nargs="?", type=int, default=100_000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--real", type=int, default=0, help="started for real as well")
    asked = parser.parse_args()
    good = assembled(asked.n, asked.seed)
    print(f"accepted by validate  {asked.n}  (seed {asked.seed})\nassembled             {good}")
    real = started(asked.real, asked.seed + 1)
    print(f"started, of {asked.real:<9} {real}")
    return int(good < asked.n or real < asked.real)


if __name__ == "__main__":
    sys.exit(main())
