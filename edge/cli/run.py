"""`run`: the service, from camera to MQTT, until SIGTERM; SIGHUP reloads."""

import argparse
import os
import signal
import sys
from pathlib import Path

from edge.config import DEFAULT_PATH, load
from edge.errors import CameraError
from edge.paths import STATE
from edge.service import become_owner, boot_config, set_up_logging

HELP = "run the service, from camera to MQTT, until SIGTERM; SIGHUP reloads"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--config", type=Path, default=DEFAULT_PATH, help="YAML file, default %(default)s")
    parser.add_argument("--out", choices=("mqtt", "lines"), default="mqtt", help="where results go")


def run(args: argparse.Namespace) -> int:
    """Start the device and run until asked to stop."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the file is about to be read anyway
    if args.out == "lines":
        return _lines(args.config)
    asked = _noted()
    boot = boot_config(args.config, os.environ.get("STATE_DIRECTORY", STATE).split(":")[0])
    set_up_logging(boot.config.service.log_level)
    from edge.pipeline.device import Device

    become_owner(Path(boot.config.service.state_dir))
    return Device(boot, args.config, asked).run()


def _noted() -> list[int]:
    """Return a list that SIGTERM and SIGINT add themselves to; an exception could drown in an import."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _stack: asked.append(number))
    return asked


def _lines(path: Path) -> int:
    """Camera to JSON lines on stdout: no broker, no spool."""
    from edge.camera import open_camera
    from edge.pipeline.replay import Replay
    from edge.publish import Lines

    config = load(path)
    if len(config.views) > 1:
        raise CameraError(f"expected one camera with --out lines, got {len(config.views)} at cameras")
    stopped = _noted()
    with open_camera(config.views[0]) as camera, Lines(sys.stdout) as lines:
        rest = Replay(config, lines.publish, config.views)
        for frame in camera:
            rest.frame(frame)
            sys.stdout.flush()  # whoever reads along sees each line at once
            if stopped:
                break
        rest.finish()
    return 0
