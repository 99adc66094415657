"""Tables and series from arrays: checked where they come in, with errors that name what came."""

from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables.names import LARGEST, LARGEST_VALUE, NOT_CHANNELS
from edge.tables.table import Table


def series(values: ArrayLike, name: str) -> Floats:
    """Return a list or a 1-d array of numbers as float64, NaN where missing.

    Raises
    ------
    SignalsError
        If it is not one row of numbers, or one of them is infinite or larger than 1e30.
    """
    array = _numbers(values, name)
    if array.ndim != 1:
        raise SignalsError(f"expected a 1-d array, got shape {array.shape} at {name}")
    return array


def from_arrays(
    signals: Mapping[int, ArrayLike] | Sequence[ArrayLike],
    *,
    rate_hz: float,
    channels: Sequence[str] = (),
) -> Table:
    """Make a table of equally long arrays, one for each person: [N], or [N, C] with C channels.

    A mapping gives the persons' numbers; a sequence numbers them from 1. All arrays begin at time 0.

    Raises
    ------
    SignalsError
        If arrays differ in shape, hold no numbers, or names and columns do not match.
    """
    people = dict(signals) if isinstance(signals, Mapping) else dict(enumerate(signals, start=1))
    stacked = _stacked(people)
    names = _names(channels, stacked.shape[2])
    n, count = stacked.shape[0], len(people)
    return Table(
        t_s=np.repeat(_times(n, rate_hz), count),
        frame=np.repeat(np.arange(n), count),
        person=np.tile(np.array(list(people), np.int64), n),
        channels=names,
        values=stacked.reshape(n * count, -1),
        context={},
    )


def _times(n: int, rate_hz: float) -> Floats:
    """Return the times of n samples, s, from 0."""
    if not (isinstance(rate_hz, Real) and 0 < rate_hz < np.inf):
        raise SignalsError(f"expected a finite rate > 0, got {rate_hz!r} at rate_hz")
    if n > LARGEST["t_s"] * float(rate_hz):
        raise SignalsError(
            f"expected at most {LARGEST['t_s']:g} s, got {n} samples at {rate_hz:g} Hz at rate_hz"
        )
    return np.arange(n) / float(rate_hz)


def _stacked(people: Mapping[int, ArrayLike]) -> Floats:
    """Return the values of everybody, [N, P, C]."""
    arrays = {}
    for person, values in people.items():
        if not isinstance(person, int | np.integer) or abs(person) > LARGEST["person"]:
            raise SignalsError(f"expected a whole number, got {person!r} as person")
        array = _numbers(values, f"person {person}")
        arrays[person] = array[:, None] if array.ndim == 1 else array
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) != 1 or len(min(shapes)) != 2 or not all(min(shapes)):
        got = ", ".join(map(str, sorted(shapes))) or "nobody"
        raise SignalsError(f"expected arrays of one shape [N] or [N, C] for everybody, got {got}")
    return np.stack(list(arrays.values()), axis=1)


def _names(channels: Sequence[str], count: int) -> tuple[str, ...]:
    """Return the names of the channels; `signal` for one without a name."""
    names = tuple(channels) or ("signal",)
    if isinstance(channels, str) or len(names) != count or len(set(names)) != count:
        raise SignalsError(f"expected {count} different names, got {channels!r} as channels")
    taken = NOT_CHANNELS & set(names)
    if taken:
        raise SignalsError(f"expected names of channels, got {', '.join(sorted(taken))} as channels")
    return names


def _numbers(values: ArrayLike, name: str) -> Floats:
    """Return anything that NumPy takes for numbers as float64, NaN where an array is masked."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise SignalsError(f"expected numbers, got rows of unequal length at {name}") from error
    if array.dtype.kind not in "biuf":
        raise SignalsError(f"expected numbers, got {type(values).__name__} of {array.dtype} at {name}")
    wide = np.array(np.ma.array(values, np.float64).filled(np.nan))
    if (np.abs(wide) > LARGEST_VALUE).any():
        raise SignalsError(
            f"expected numbers of at most {LARGEST_VALUE:g}, got {np.nanmax(np.abs(wide)):g} at {name}"
        )
    return wide
