"""`demo`: a rendered meeting, the service itself, a broker and the live view, all on this machine.

The service runs as its own process from its own configuration file; everything on the screen came over MQTT.
"""

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from edge.cli._broker import EmbeddedBroker
from edge.cli._numbers import seconds
from edge.cli._progress import Progress
from edge.cli._scene import scene
from edge.errors import ServiceError
from edge.hub import Hub, Item
from edge.view import DeviceView
from edge.view.words import span

HELP = "show a rendered meeting on this machine: no camera and no broker needed"
SCENE_S = 1800.0  # the scene is known from its first frame to its last: half an hour takes seconds to set up
RATE_HZ = 15.0  # what two cores render, read and judge in real time
START_S = 180.0  # longest wait for the first live value; a busy machine needs more than a minute
STOP_S = 15.0

CONFIG = """\
camera: {{source: stage, path: {script}}}
faces: {{max_people: {people}}}
privacy: {{profile: research}}
publish: {{host: 127.0.0.1, port: {port}, tls: false, site: demo, room_id: stage, device_id: mimicry-demo,
  live_hz: 10, summary_s: 20, health_s: 2}}
service: {{state_dir: {folder}, log_level: info}}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=seconds, metavar="N", help="default: half an hour")
    parser.add_argument("--people", type=int, choices=range(1, 7), default=3, metavar="K", help="1 to 6")
    parser.add_argument("--headless", action="store_true", help="plain lines instead of the live view")
    parser.add_argument("--page", action="store_true", help="the page in a browser, and plain lines")


def run(args: argparse.Namespace) -> int:
    """Start broker, service and view; take everything down again, also when the terminal closes."""
    from edge.cli.view import show

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mimicry-demo-") as name, EmbeddedBroker() as broker:
        config = _write(Path(name), args.people, broker.port)
        view = DeviceView()
        with _service(config) as service, _ServiceHub(broker.url, site="demo") as hub, ExitStack() as beside:
            hub.service, hub.begun_s = service, begun_s
            hub.await_live()
            if args.page:
                beside.enter_context(_page(broker.url))
            with suppress(KeyboardInterrupt):
                show(hub, headless=args.headless or args.page, seconds=args.seconds or SCENE_S, view=view)
            print(_summary(hub, view))
    return 0


@contextmanager
def _service(config: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the service; its log is shown if it failed."""
    with config.with_name("service.log").open("w+") as log:
        service = _start(["run", "--config", str(config)], log)
        try:
            yield service
        finally:
            _stop(service)
            if service.returncode:
                log.seek(0)
                sys.stderr.write(log.read())


@contextmanager
def _page(url: str) -> Iterator[None]:
    """Run the page as its own process; print where it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = _start(["page", "--broker", url, "--site", "demo", "--port", str(port)], None)
    print(f"open http://127.0.0.1:{port}/room/mimicry-demo in a browser; Ctrl-C ends the demo", flush=True)
    try:
        yield
    finally:
        _stop(page)


def _summary(hub: "_ServiceHub", view: "DeviceView") -> str:
    """Return what the demo came to, in one or two lines."""
    from edge.cli.view import plain

    if hub.found_s is None:
        return f"The demo ran for {span(hub.ran_s)}. No pair was found yet: it takes three minutes together."
    return f"The demo ran for {span(hub.ran_s)}; the pair was found after {span(hub.found_s)}.\n{plain(view)}"


def _write(folder: Path, people: int, port: int) -> Path:
    """Write the script and the configuration of the service."""
    script, config = folder / "scene.yaml", folder / "config.yaml"
    script.write_text(scene(people, SCENE_S, rate_hz=RATE_HZ, lively=True))
    config.write_text(CONFIG.format(script=script, people=max(people, 3), port=port, folder=folder))
    return config


class _ServiceHub(Hub):
    """A hub that notices the end of the service it listens to."""

    service: "subprocess.Popen[bytes]"
    begun_s: float
    found_s: float | None = None
    """When the first pair was found; None: not yet."""

    def poll(self, timeout_s: float | None = None) -> Item | None:
        """Return the next item; ServiceError once the service is gone."""
        if self.service.poll() is not None:
            raise ServiceError(f"expected a running service, got exit status {self.service.returncode}")
        item = super().poll(timeout_s)
        if item is not None and item.kind == "live" and self.found_s is None:
            found = any(pair["state"] == "above" for pair in item.body.get("pairs") or [])
            self.found_s = self.ran_s if found else None
        return item

    @property
    def ran_s(self) -> float:
        """How long the demo has been running."""
        return time.monotonic() - self.begun_s

    def await_live(self) -> None:
        """Wait for the first live value; ServiceError when none comes."""
        waited, begun_s = Progress("setting up the scene and the service, seconds"), time.monotonic()
        while (now_s := time.monotonic()) < begun_s + START_S:
            if waited.done < now_s - begun_s:
                waited.step()
            item = self.poll(1.0)
            if item is not None and item.kind == "live":
                waited.close()
                return
        raise ServiceError(f"expected live values within {START_S:g} s, got none from the service")


def _start(words: list[str], log: TextIO | None) -> "subprocess.Popen[bytes]":
    """Start one of the commands; Ctrl-C in the terminal reaches the demo alone, which then stops it."""
    command = [sys.executable, "-m", "edge", *words]
    out = log or subprocess.DEVNULL
    return subprocess.Popen(command, stdout=out, stderr=log, process_group=0)  # noqa: S603 - our own


def _stop(service: "subprocess.Popen[bytes]") -> None:
    service.terminate()
    try:
        service.wait(STOP_S)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()
