"""Numbers on the command line, checked where they are read: wrong ones are wrong usage."""

import argparse
import math
from collections.abc import Callable

LONGEST_S = 366 * 86400.0


def real(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of a number in (low, high]."""

    def read(text: str) -> float:
        value = _parsed(text)
        if not low < value <= high:
            raise argparse.ArgumentTypeError(f"expected a number in ({low:g}, {high:g}], got {text!r}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of a whole number in low..high."""

    def read(text: str) -> int:
        value = _parsed(text)
        if not (low <= value <= high and value.is_integer()):
            raise argparse.ArgumentTypeError(f"expected a whole number in {low}..{high}, got {text!r}")
        return int(value)

    return read


def _parsed(text: str) -> float:
    """Parse a number; what is none is NaN, which lies in no range."""
    try:
        return float(text)
    except ValueError:
        return math.nan


seconds = real(0.0, LONGEST_S)
