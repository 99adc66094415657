"""One line of the report of `check`."""

from dataclasses import dataclass
from pathlib import Path

PASSWORD = Path("/etc/mimicry-edge/mqtt_password")
"""Where the unit takes the credential `mqtt_password` from."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    subject: str
    fine: bool
    text: str
    fix: str = ""


def ok(subject: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, fine=True, text=text)


def bad(subject: str, text: str, fix: str) -> Finding:
    """Something to do, and what."""
    return Finding(subject, fine=False, text=text, fix=fix)
