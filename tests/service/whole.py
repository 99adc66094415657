"""Faults of the whole service: its own process, what it writes to the journal, and what it tells the hub."""

import contextlib
import json
import re
import signal
import subprocess
from dataclasses import dataclass

from tests.pipeline.conftest import Ear, Running
from tests.publish.broker import Broker, until

STAGE = "camera: {{source: stage, path: {folder}/scene.yaml}}\n"
OWN = "tls: false, site: site, device_id: dev-1, health_s: 1"
JOURNAL = re.compile(r"^<[0-4]>|^(?!<)")
"""A line of the journal that is no mere information; what comes before the settings are read has no level."""


@dataclass(frozen=True)
class Whole:
    """One fault: what the configuration says, and what the device writes and tells once it has noticed."""

    name: str
    look: str
    """The subjects of `check` that show it."""
    cause: str
    """Part of the line of the journal that names it."""
    told: tuple[str, ...]
    """The values of `health` that show it, as paths."""
    settings: str = STAGE
    """Lines of the configuration beside `publish` and `service`."""
    before: str = ""
    """The lines with which it worked before."""
    disk_mib: int = 0
    """Size of a disk for its state alone, which is filled; needs root."""


WHY = ("mode", "condition", "why")
WHOLE = (
    Whole(
        "The camera is not there",
        "camera",
        "going on without a camera",
        ("condition", "why", "camera.state"),
        settings="camera: {{source: video, path: /nowhere.mp4}}\n",
    ),
    Whole(
        "The models are not there",
        "models",
        "nothing is measured",
        WHY,
        settings=STAGE + "tflite: {{models: /nowhere}}\n",
    ),
    Whole(
        "A value that the configuration does not allow",
        "config",
        "safe mode",
        WHY,
        settings=STAGE + "mimicry: {{window_s: -1}}\n",
        before=STAGE,
    ),
    Whole(
        "The disk of the state folder is full",
        "disk",
        "in trouble: disk",
        ("sys.troubles",),
        disk_mib=2,
    ),
)


def observe(fault, folder, checked):
    """Cause a fault; return what `checked` says of the configuration, the journal, and health."""
    folder.mkdir()
    with (
        _disk(folder / "state", fault.disk_mib),
        Broker(folder / "hub") as broker,
        Ear(broker.port, "site/devices/dev-1/health") as ear,
        contextlib.closing(Running(folder, broker.port)) as service,
    ):
        if fault.before:
            _lived(service, broker.port, fault.before, lambda: ear.heard)
            ear.heard.clear()
        journal, seen = folder / "log", []

        def noticed():
            """Whether the journal names the cause, and a later health message shows it."""
            if not seen and fault.cause in journal.read_text():
                seen.append(len(ear.heard) + 1)
            return seen and len(ear.heard) > seen[0]

        journal.unlink(missing_ok=True)
        said = _lived(
            service, broker.port, fault.settings, noticed, lambda: checked(service.config, fault.look)
        )
        health = json.loads(ear.heard[-1].payload)
    lines = [f"check    {line}" for line in said]
    lines += [f"journal  {line}" for line in _journal(journal.read_text(), fault.cause)]
    told = [f"{path}: {_at(health, path)}" for path in fault.told]
    lines += [f"{'' if number else 'health':8} {one}" for number, one in enumerate(told)]
    return [line.replace(str(folder), "/etc/mimicry-edge") for line in lines]


def _lived(service, port, settings, noticed, look=tuple):
    """Let the service run on these settings until something is noticed; return what `look` found before."""
    service.config.write_text(
        settings.format(folder=service.folder)
        + f"publish: {{host: 127.0.0.1, port: {port}, {OWN}}}\n"
        + f"service: {{state_dir: {service.folder}/state}}\n"
    )
    found = look()
    service.start(JOURNAL_STREAM="1:1")
    until(noticed)
    service.signal(signal.SIGTERM)
    return found


def _journal(text, cause):
    """Return the lines of a log up to the cause that are no mere information, as `journalctl` shows them."""
    lines = [re.sub(r"^<\d>", "", line) for line in text.splitlines() if line and JOURNAL.match(line)]
    last = next(number for number, line in enumerate(lines) if cause in line)
    return lines[: last + 1]


def _at(health, path):
    """Return a value of a health message as words."""
    for name in path.split("."):
        health = health[name]
    return ", ".join(health) if isinstance(health, list) else health


@contextlib.contextmanager
def _disk(folder, mib):
    """Give a folder a disk of its own that is nearly full, or none."""
    folder.mkdir()
    if not mib:
        yield
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", str(folder)], check=True)
    try:
        (folder / "filler").write_bytes(bytes(round(mib * (1 << 20) * 0.96)))
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
