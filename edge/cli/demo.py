"""`demo`: a rendered meeting, the service itself, a broker and the live view, all on this machine.

The service runs as its own process from its own configuration file; everything on the screen came over MQTT.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from edge.cli._broker import EmbeddedBroker
from edge.cli._scene import scene
from edge.errors import ServiceError
from edge.hub import Hub

HELP = "a rendered meeting on this machine: no camera and no broker needed"
SCENE_S = 1800.0  # the scene is known from its first frame to its last: half an hour takes seconds to set up
START_S = 30.0  # longest wait for the first live value
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
    parser.add_argument("--seconds", type=float, metavar="N", help="stop after so long; default: half an hour")
    parser.add_argument("--people", type=int, choices=range(1, 7), default=3, metavar="K", help="1 to 6")
    parser.add_argument("--headless", action="store_true", help="plain lines instead of the live view")


def run(args: argparse.Namespace) -> int:
    """Start broker, service and view; take everything down again."""
    with tempfile.TemporaryDirectory(prefix="mimicry-demo-") as name, EmbeddedBroker() as broker:
        folder = Path(name)
        config = _write(folder, args.people, broker.port)
        with (folder / "service.log").open("w+") as log, Hub(broker.url, site="demo") as hub:
            service = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "edge", "run", "--config", str(config)], stderr=log, stdout=log
            )
            try:
                return _show(hub, service, args)
            finally:
                _stop(service)
                if service.returncode:
                    log.seek(0)
                    sys.stderr.write(log.read())


def _write(folder: Path, people: int, port: int) -> Path:
    """Write the script and the configuration of the service."""
    script, config = folder / "scene.yaml", folder / "config.yaml"
    script.write_text(scene(people, SCENE_S))
    config.write_text(CONFIG.format(script=script, people=people, port=port, folder=folder))
    return config


def _show(hub: Hub, service: "subprocess.Popen[bytes]", args: argparse.Namespace) -> int:
    """Feed the view with what comes over MQTT until the time is over."""
    from edge.cli.view import LiveView, PlainView  # noqa: PLC0415 - rich is of the demo only

    start_s = time.monotonic()
    live = 0
    with PlainView() if args.headless else LiveView() as view:
        while args.seconds is None or time.monotonic() - start_s < args.seconds:
            item = hub.poll(0.2)
            if item is not None:
                live += item.kind == "live"
                view.update(item.kind, item.body)
            if service.poll() == 0:
                break
            if service.returncode:
                raise ServiceError(f"expected a running service, got exit status {service.returncode}")
            if not live and time.monotonic() - start_s > START_S:
                raise ServiceError(f"expected live values within {START_S:g} s, got none")
    if not live:
        raise ServiceError("expected live values, got none: the demo was too short")
    return 0


def _stop(service: "subprocess.Popen[bytes]") -> None:
    service.terminate()
    try:
        service.wait(STOP_S)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()
