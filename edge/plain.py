"""Values as JSON has them."""

import json
import math
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
"""One JSON object."""
_SHOWN_N = 40  # characters of a text in an error


def json_object(payload: bytes, wrong: type[Exception]) -> Json:
    """Return the JSON object of a message, UTF-8 with finite numbers; `wrong` is raised for all else."""
    try:
        found = json.loads(payload.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise wrong(f"expected JSON in UTF-8, got {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise wrong(f"expected a JSON object, got {type(found).__name__}")
    return found


def broken(text: str, error: json.JSONDecodeError) -> str:
    """Show how a text begins that is no JSON, and where it stops being some."""
    whole = text.strip()
    shown = repr(whole if len(whole) <= _SHOWN_N else whole[:_SHOWN_N] + "...")
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
        return f"{shown}, which is cut off,"
    line = f"line {error.lineno}, " if error.lineno > 1 else ""
    return f"{shown}, which is wrong from {line}character {error.colno} on,"


def finite(value: float | None, digits: int | None = None) -> float | None:
    """Return the number, rounded if asked for; None where it is not measurable."""
    if value is None or not math.isfinite(value):
        return None
    return float(value) if digits is None else round(float(value), digits)


def printable(text: str) -> str:
    """Return text with a mark in place of each character that could command a terminal or begin a line."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)


def whom(subject: Sequence[int]) -> Json:
    """Name the subject of a measure as what it is: the room, a person or a pair."""
    if not subject:
        return {"room": True}
    return {"person": subject[0]} if len(subject) == 1 else {"pair": list(subject)}


def _no_constant(name: str) -> None:
    raise ValueError(f"expected a finite number, got {name}")
