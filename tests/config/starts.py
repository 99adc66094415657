"""Configurations that `validate` accepts, and whether each starts: `python -m tests.config.starts [N] [SEED]`.

Each text draws some settings from what its comment in `default.yaml` promises, its bounds first. What is
accepted is assembled in this process up to the point where devices would be opened: the whole service on a
state folder of its own, and the part behind the models, which is fed a second of three people. Then a few
are started for real, `--real M` of them, and end by SIGTERM.
"""

import argparse
import logging
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np

from edge.config import Config, parse, require_service
from edge.errors import ConfigError
from edge.pipeline.device import Device
from edge.pipeline.engine import SignalEngine
from edge.records import CHANNELS, Expression
from edge.service import Boot
from tests.config.fuzz import CHOICE, PROMISES, RANGE

TEXTS = {
    "an absolute path": ("/dev/shm", "/etc/passwd", "/proc/self", "/nowhere/below", "/dev/null/x", "/"),
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
    "a table of text": ("{}", "{device: usb}", "{a: 1, b: ü}"),
}
"""Values, good and bad, of a setting whose comment says so."""
HOST = {"host": "127.0.0.1", "port": "1", "tls": "false"}
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
    return draw.choice(next(texts for words, texts in TEXTS.items() if words in promise))


def text(draw: random.Random) -> str:
    """Return a configuration of one to eight drawn settings, and a hub that is not there."""
    drawn: dict[str, dict[str, str]] = {"publish": dict(HOST)}
    for key in draw.sample([key for key in PROMISES if key not in NEVER], draw.randint(1, 8)):
        drawn.setdefault(key[0], {})[key[1]] = values(key, draw)
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


def assemble(config: Config) -> None:
    """Put the service together, and the measures behind the models, and feed them; nothing may raise."""
    device = Device(Boot(config=config), Path("/nowhere.yaml"))
    try:
        assert device.notifier.managed is False
    finally:
        device.close()
    engine, draw = SignalEngine(config), np.random.default_rng(1)
    for index in range(2 * round(config.mimicry.rate_hz)):
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


def configurations(seed: int, state: Path) -> Iterator[tuple[str, Config]]:
    """Yield accepted texts without end; one whose state folder was not drawn gets one of its own."""
    draw = random.Random(seed)
    while True:
        one = text(draw)
        if "state_dir" not in one:
            extra = f"state_dir: {state}"
            one = (
                one.replace("service: {", f"service: {{{extra}, ")
                if "service: " in one
                else one + f"service: {{{extra}}}\n"
            )
        if (config := accepted(one)) is not None:
            yield one, config


def main() -> int:
    """Print what started."""
    parser = argparse.ArgumentParser(prog="tests.config.starts")
    parser.add_argument("n", nargs="?", type=int, default=100_000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--real", type=int, default=0)
    asked = parser.parse_args()
    return 0


if __name__ == "__main__":
    sys.exit(main())
