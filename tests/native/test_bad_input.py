"""Bad input is a ValueError that names the value and leaves the state untouched."""

import numpy as np
import pytest

from edge._native import quantise
from edge._native.correlator import Correlator, select_simd

GOOD = {"slots": 3, "channels": 2, "windows": [(8, 2, (5,))]}


def state(correlator):
    """Everything that can be read, as bytes."""
    rings = b"".join(correlator.history(slot, c).tobytes() for slot in range(3) for c in range(2))
    sums = b"".join(correlator.sums(0, 0, 1, 0, offset).tobytes() for offset in (0, 5))
    places = [(i, j, c) for i, j in correlator.pairs for c in range(2)]
    read = b"".join(correlator.r(0, *at).tobytes() + correlator.far_r(0, *at).tobytes() for at in places)
    return rings + sums + read + repr((correlator.active, correlator.pushed)).encode()


CONSTRUCT = [
    ({"slots": 17}, "got 17 at slots"),
    ({"slots": 0}, "got 0 at slots"),
    ({"slots": 2.5}, "got 2.5 at slots"),
    ({"channels": 33}, "got 33 at channels"),
    ({"channels": -1}, "got -1 at channels"),
    ({"windows": []}, "got 0 at number of windows"),
    ({"windows": [(8, 2, ())] * 9}, "got 9 at number of windows"),
    ({"windows": [(8, 8, ())]}, r"got 8 at windows\[0\] lags_n"),
    ({"windows": [(8, -1, ())]}, r"got -1 at windows\[0\] lags_n"),
    ({"windows": [(1, 0, ())]}, r"got 1 at windows\[0\] window_n"),
    ({"windows": [(8, 2, ()), (40000, 2, ())]}, r"got 40000 at windows\[1\] window_n"),
    ({"windows": [(8, 2, (1,))]}, r"got 1 at windows\[0\] offsets_n"),
    ({"windows": [(8, 2, (5, 5))]}, r"got 5 at windows\[0\] offsets_n"),
    ({"windows": [(8, 2, (5, 2**30))]}, r"got 1073741824 at windows\[0\] offsets_n"),
    ({"windows": [(8, 2)]}, r"got \(8, 2\) at windows\[0\]"),
    ({"windows": 7}, "got 7 at windows"),
    ({"min_coverage": 0.0}, "got 0.0 at min_coverage"),
    ({"min_coverage": 1.5}, "got 1.5 at min_coverage"),
    ({"min_coverage": float("nan")}, "got nan at min_coverage"),
]


@pytest.mark.parametrize(("wrong", "message"), CONSTRUCT)
def test_construction_names_what_is_wrong(wrong, message):
    """Every argument out of range is refused with its value and its name."""
    with pytest.raises(ValueError, match=message):
        Correlator(**(GOOD | wrong))


def frames(shape, dtype=np.int16):
    """Return zeros of a shape."""
    return np.zeros(shape, dtype)


CALLS = [
    (lambda c: c.push_block(frames((4, 3, 2), np.float64)), "got float64"),
    (lambda c: c.push_block(frames((4, 3, 2), np.int32)), "got int32"),
    (lambda c: c.push_block(frames((4, 3, 2), ">i2")), "got >i2"),
    (lambda c: c.push_block(frames((4, 4, 2))), r"got int16 \[4, 4, 2\] at frames"),
    (lambda c: c.push_block(frames((3, 2))), r"got int16 \[3, 2\] at frames"),
    (lambda c: c.push_block(frames((4, 3, 4))[:, :, ::2]), "C-contiguous"),
    (lambda c: c.push_block([[1, 2]]), "got list at frames"),
    (lambda c: c.push_block(None), "got NoneType at frames"),
    (lambda c: c.enter(0), "got the taken one 0 at slot"),
    (lambda c: c.enter(3), "got 3 at slot"),
    (lambda c: c.enter(-1), "got -1 at slot"),
    (lambda c: c.leave(2), "got the empty one 2 at slot"),
    (lambda c: c.r(0, 0, 0, 0), "got 0 at i and j"),
    (lambda c: c.r(1, 0, 1, 0), "got 1 at window"),
    (lambda c: c.r(0, 0, 1, 2), "got 2 at channel"),
    (lambda c: c.r(0, 0, 3, 0), "got 3 at j"),
    (lambda c: c.r(0, 0, 1, 0, out=np.empty(4)), r"got float64 \[4\] at out"),
    (lambda c: c.far_r(0, 0, 1, 0, out=np.empty((2, 5))), r"got float64 \[2, 5\] at out"),
    (lambda c: c.r(0, 0, 1, 0, out=np.empty(5, np.float32)), "got float32"),
    (lambda c: c.coverage(0, out=np.empty(3)), "at out"),
    (lambda c: c.sums(0, 0, 1, 0, 6), "got 6 at offset"),
    (lambda c: c.history(0, 9), "got 9 at channel"),
    (lambda _: select_simd("mmx"), "got 'mmx' at name"),
]


@pytest.mark.parametrize(("call", "message"), CALLS)
def test_calls_name_what_is_wrong_and_change_nothing(call, message):
    """A refused call leaves rings, sums, slots and counters as they were."""
    correlator = Correlator(**GOOD)
    correlator.enter(0)
    correlator.enter(1)
    correlator.push_block(np.random.default_rng(2).integers(-99, 99, (30, 3, 2)).astype(np.int16))
    before = state(correlator)
    with pytest.raises(ValueError, match=message):
        call(correlator)
    assert before == state(correlator)


def test_read_only_output_is_refused():
    """An output array that cannot be written is named."""
    out = np.empty(5)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only one at out"):
        Correlator(**GOOD).r(0, 0, 1, 0, out)


OTHERS = [
    (lambda: quantise.quantise(np.zeros(3), 0.0, 0.0), "got 0.0, 0.0 at offset, step"),
    (lambda: quantise.quantise(np.zeros(3), 0.0, -1.0), "at offset, step"),
    (lambda: quantise.quantise(np.zeros(3), float("nan"), 1.0), "got nan, 1.0"),
    (lambda: quantise.quantise(np.zeros(3, np.float32), 0.0, 1.0), "got float32"),
    (lambda: quantise.quantise(np.zeros(3), 0.0, 1.0, np.zeros(2, np.int16)), "at out"),
    (lambda: quantise.fit([1.0]), "got list at x"),
]


@pytest.mark.parametrize(("call", "message"), OTHERS)
def test_the_other_kernels_name_what_is_wrong(call, message):
    """The quantiser refuses what does not fit, by value and name."""
    with pytest.raises(ValueError, match=message):
        call()
