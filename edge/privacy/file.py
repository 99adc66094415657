"""The persisted facts: two copies, each whole or absent, on the disk before it is acknowledged."""

import json
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from edge.errors import PrivacyError
from edge.files import write_whole
from edge.plain import Json

NAME, COPY = "privacy.json", "privacy.copy.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What the building published about a meeting; no names."""

    id: str = ""
    start_s: float = 0.0
    """UTC, seconds since 1970."""
    end_s: float = 0.0
    consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every source asked for last; `True` asks for mute."""

    local: bool = False
    """The button on the device."""
    remote: bool = False
    """The switch of the building, `privacy/set`."""
    remote_by: str = ""
    """Who asked for it, by the request's own word."""
    remote_until_s: float | None = None
    """When `remote` reverts to its opposite, UTC; None: never."""
    room: bool = False
    """The room's own topic."""
    room_until_s: float | None = None
    """When `room` reverts to its opposite, UTC; None: never."""
    booking: Booking = field(default_factory=Booking)
    since_s: float | None = None
    """When the effective state last changed, UTC."""


def save(folder: Path, facts: Facts) -> None:
    """Write both copies and wait for the disk; PrivacyError when either failed."""
    text = json.dumps(asdict(facts), sort_keys=True)
    raw = json.dumps(
        {"v": 1, "crc": zlib.crc32(text.encode()), "facts": asdict(facts)}, sort_keys=True
    ).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (NAME, COPY):
            write_whole(folder / name, raw, durable=True, mode=0o600)
    except OSError as error:
        raise PrivacyError(f"expected to save the privacy state, got '{error.strerror}' at {NAME}") from error


def load(folder: Path) -> Facts | None:
    """Return the facts of the last run; None at the first boot; PrivacyError when no copy can be read."""
    found = [path for path in (folder / NAME, folder / COPY) if path.exists()]
    for path in found:
        facts = _read(path)
        if facts is not None:
            return facts
    if found:
        raise PrivacyError(f"expected a whole privacy state, got damaged files at {NAME}")
    return None


def _read(path: Path) -> Facts | None:
    """Return the facts in a file, None when it is damaged."""
    try:
        whole: Json = json.loads(path.read_bytes())
        body = whole["facts"]
        facts = Facts(**(body | {"booking": Booking(**body["booking"])}))
        text = json.dumps(asdict(facts), sort_keys=True)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return facts if zlib.crc32(text.encode()) == whole.get("crc") else None
