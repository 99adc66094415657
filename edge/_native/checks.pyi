"""Checks at the edge of every kernel: a bad argument is a ValueError that names it."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import DTypeLike, NDArray

def whole(value: object, name: str, low: int, high: int) -> int:
    """Return `value` as an int of low..high, or raise ValueError."""

def array(
    value: object,
    name: str,
    dtype: DTypeLike,
    shape: Sequence[int | None] | None = None,
    *,
    writeable: bool = False,
) -> NDArray[Any]:
    """Return `value` if it is a C-contiguous array of the type and shape (None: any), or raise ValueError."""

def output(value: object, name: str, dtype: DTypeLike, shape: Sequence[int]) -> NDArray[Any]:
    """Return `value` checked for writing, or a new array when it is None."""

def lag_windows(windows: object, most: int) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    """Return every (window_n, lags_n, offsets_n) of at most `most` as a tuple, or raise ValueError."""
