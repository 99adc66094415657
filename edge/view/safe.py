"""Payloads before they are shown: printable, finite, not too deep. Anybody at the hub may have sent them."""

import math

from edge.plain import Json, printable

UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What a payload that breaks the contract can cause where it is taken or shown."""
DEEPEST = 8  # levels of a payload; its contract has four


def safe(body: Json) -> Json:
    """Return a payload without anything that could command a terminal; infinities are not measurable."""
    return {printable(name): _value(one, 1) for name, one in body.items()}


def _value(value: object, depth: int) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict | list) and depth == DEEPEST:
        return None
    if isinstance(value, dict):
        return {printable(name): _value(one, depth + 1) for name, one in value.items()}
    return [_value(one, depth + 1) for one in value] if isinstance(value, list) else value
