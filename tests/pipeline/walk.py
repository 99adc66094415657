"""Everything reachable from a running engine: arrays, native objects, numbers, and whether they are blank."""

import inspect
from collections import deque
from enum import Enum

import numpy as np

from edge.pipeline.stopwatch import Stopwatch

AXES = {"lags_s", "_lags_s", "offsets_s", "_offsets_s", "far_s", "_anchors", "_columns"}
AXES |= {"shape", "shape_signature", "_limits_deg", "_limits_rad"}
"""Attributes that hold no data of people: lags, offsets, anchors, columns, limits, descriptors."""
MISSING = -(1 << 15)


def held(root):
    """Return {path: array} and {path: native object} of everything reachable from an object."""
    arrays, natives, seen, stack = {}, {}, {}, [(type(root).__name__, root)]
    while stack:
        path, one = stack.pop()
        if (
            id(one) in seen
            or inspect.ismodule(one)
            or inspect.isroutine(one)
            or isinstance(one, (type, Enum))
        ):
            continue
        seen[id(one)] = one
        if isinstance(one, np.ndarray):
            arrays[path] = one
            continue
        if hasattr(one, "memory"):
            natives[path] = one
        stack += [(f"{path}.{name}", value) for name, value in _parts(one)]
    return arrays, natives


def _parts(one):
    """Yield the names and values of what an object or container holds."""
    if isinstance(one, dict):
        yield from ((str(key), value) for key, value in one.items() if key not in AXES)
    elif isinstance(one, (list, tuple, set, frozenset, deque)):
        yield from ((str(k), value) for k, value in enumerate(one))
    elif type(one).__module__.startswith("edge.") and not type(one).__module__.startswith("edge.config"):
        slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
        names = [*getattr(one, "__dict__", {}), *slots]
        yield from ((name, getattr(one, name)) for name in names if name not in AXES and hasattr(one, name))


def numbers(root):
    """Return {path: value} of the real numbers outside arrays, and {path: list or deque} that hold any.

    Durations of the stopwatch are not of people.
    """
    found, lists, seen, stack = {}, {}, {}, [(type(root).__name__, root)]
    while stack:
        path, one = stack.pop()
        if isinstance(one, float):
            if np.isfinite(one) and one:
                found[path] = one
        elif id(one) not in seen and not isinstance(one, (type, Enum, np.ndarray, Stopwatch)):
            seen[id(one)] = one
            if isinstance(one, (list, deque)) and any(isinstance(number, float) for number in one):
                lists[path] = one
            stack += [(f"{path}.{name}", value) for name, value in _parts(one)]
    return found, lists


def learnt(root, fresh):
    """Return the numbers outside arrays that a fresh object of the kind does not have."""
    settings = numbers(fresh)[0]
    return {path: number for path, number in numbers(root)[0].items() if settings.get(path) != number}


def blank(array):
    """Whether an array holds one filling only."""
    if np.issubdtype(array.dtype, np.floating):
        return bool(np.isnan(array).all() or not array.any())
    return bool(not array.any() or (array == MISSING).all())


def blank_native(one):
    """Whether a native object holds NaN, missing samples and zeros only."""
    for part in one.memory:
        values = np.frombuffer(part, np.int16) if isinstance(part, bytes) else np.nan_to_num(part)
        if not np.isin(values, (0, MISSING)).all():
            return False
    return True


def not_blank(arrays, natives):
    """Return the paths that hold anything."""
    left = [path for path, array in arrays.items() if not blank(array)]
    return left + [path for path, one in natives.items() if not blank_native(one)]


def owners(paths):
    """Return the attribute of each path."""
    return {path.rsplit(".", 1)[-1] for path in paths if not path.rsplit(".", 1)[-1].isdigit()}
