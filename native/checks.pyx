"""Checks at the edge of every kernel: a bad argument is a ValueError that names it."""

from operator import index as _index

import numpy as np


def whole(value, str name, low, high):
    """Return `value` as an int of low..high, or raise ValueError."""
    try:
        number = _index(value)
    except TypeError:
        raise ValueError(f"expected a whole number {low}..{high}, got {value!r} at {name}") from None
    if not low <= number <= high:
        raise ValueError(f"expected a whole number {low}..{high}, got {number} at {name}")
    return number


def array(value, str name, dtype, shape=None, *, bint writeable=False):
    """Return `value` if it is a C-contiguous array of the type and shape (None: any), or raise ValueError."""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"expected {_wanted(dtype, shape)}, got {type(value).__name__} at {name}")
    fits = shape is None or (
        len(shape) == value.ndim and all(a is None or a == b for a, b in zip(shape, value.shape))
    )
    if value.dtype != dtype or not fits:
        raise ValueError(f"expected {_wanted(dtype, shape)}, got {value.dtype} {list(value.shape)} at {name}")
    if not value.flags.c_contiguous:
        raise ValueError(f"expected a C-contiguous array, got strides {value.strides} at {name}")
    if writeable and not value.flags.writeable:
        raise ValueError(f"expected a writeable array, got a read-only one at {name}")
    return value


def output(value, str name, dtype, shape):
    """Return `value` checked for writing, or a new array when it is None."""
    return np.empty(shape, dtype) if value is None else array(value, name, dtype, shape, writeable=True)


def _wanted(dtype, shape):
    """The type and shape in words, n for any length."""
    return f"{np.dtype(dtype)} {'array' if shape is None else list(shape)}".replace("None", "n")
