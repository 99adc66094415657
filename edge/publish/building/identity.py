"""Who this device is: serial, make and model of the board, read once at start."""

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from edge import __version__

_TREE = Path("/sys/firmware/devicetree/base")  # /proc/device-tree is hidden in the unit
_MACHINE_ID = Path("/etc/machine-id")
_DMI = Path("/sys/class/dmi/id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Identity of the board; never of a person."""

    device_id: str
    """Topic-safe name, unique at the site."""
    serial: str
    """Serial number of the board."""
    make: str
    """Who made the board."""
    model: str
    """Which board."""
    software: str = __version__
    """Version of this package."""


def this_device(device_id: str = "") -> Identity:
    """Return the board's identity; an empty `device_id` is derived from the serial."""
    serial = _board_serial() or _machine_serial()
    model = _text(_TREE / "model") or _text(_DMI / "product_name") or platform.machine()
    return Identity(
        device_id=device_id or f"mimicry-{re.sub('[^a-z0-9]', '', serial.lower())[-8:]}",
        serial=serial,
        make=model.split()[0] if model else "unknown",
        model=model or "unknown",
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _board_serial() -> str:
    """Return the number that the board was made with; empty where it has none, or only zeros."""
    serial = _text(_TREE / "serial-number")
    return serial if serial.strip("0") else ""


def _machine_serial() -> str:
    """Return a stable number that does not reveal the machine id itself; copies of a disk share it."""
    return hashlib.sha256((_text(_MACHINE_ID) or platform.node()).encode()).hexdigest()[:16]
