"""Checks at the edge of every kernel: a bad argument is a ValueError that names it."""

from operator import index as _index

import numpy as np

MAX_WINDOW_N = 1 << 15  # n * Sxx then stays below 2^61
MAX_OFFSET_N = 1 << 16  # 36 min at 30 Hz


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


def lag_windows(windows, int most):
    """Return every (W, L, offsets) as a tuple, or raise ValueError."""
    try:
        windows = tuple(windows)
    except TypeError:
        raise ValueError(f"expected a sequence of windows, got {windows!r} at windows") from None
    whole(len(windows), "number of windows", 1, most)
    return tuple(_window(window, f"windows[{k}]") for k, window in enumerate(windows))


def _window(window, str at):
    """One checked (W, L, offsets)."""
    try:
        window_n, lags_n, offsets_n = window
        offsets_n = tuple(offsets_n)
    except (TypeError, ValueError):
        raise ValueError(f"expected (window_n, lags_n, offsets_n), got {window!r} at {at}") from None
    window_n = whole(window_n, f"{at} window_n", 2, MAX_WINDOW_N)
    lags_n = whole(lags_n, f"{at} lags_n, less than the window,", 0, window_n - 1)
    offsets_n = tuple(whole(s, f"{at} offsets_n", -MAX_OFFSET_N, MAX_OFFSET_N) for s in offsets_n)
    for s in offsets_n:
        if abs(s) < max(lags_n, 1) or offsets_n.count(s) > 1:
            raise ValueError(f"expected distinct offsets >= {max(lags_n, 1)}, got {s} at {at} offsets_n")
    return window_n, lags_n, offsets_n
