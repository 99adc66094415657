"""Memory: nothing allocated per frame, and flat over a million of them."""

import ctypes
import resource
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from edge._native.correlator import Correlator

MILLION = 1_000_000
HEAP = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class Heap(ctypes.Structure):
    """The C library's `struct mallinfo2`."""

    _fields_ = [(name, ctypes.c_size_t) for name in HEAP]


def heap_used():
    """Return the bytes that the C heap has handed out."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = Heap
    heap = ask()
    return heap.uordblks + heap.hblkhd


def filled():
    """Return a correlator of four people with full rings."""
    correlator = Correlator(4, 2, [(20, 7, (30, -40)), (50, 3, ())])
    for slot in range(4):
        correlator.enter(slot)
    noise = np.random.default_rng(1).integers(-900, 900, (300, 4, 2)).astype(np.int16)
    correlator.push_block(noise)
    return correlator


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="needs mallinfo2 of glibc 2.33")
def test_a_frame_leaves_nothing_behind():
    """After warm-up ten thousand pushes and readings keep no Python block and no byte of heap."""
    correlator = filled()
    frame = np.full((4, 2), 7, np.int16)
    near, far = correlator.r(0, 0, 1, 0), correlator.far_r(0, 0, 1, 0)

    def frames(count):
        for _ in range(count):
            correlator.frame[:] = frame
            correlator.push()
            correlator.r(0, 0, 1, 0, near)
            correlator.far_r(0, 0, 1, 0, far)

    frames(1000)
    before = sys.getallocatedblocks(), heap_used()
    frames(10_000)
    after = sys.getallocatedblocks(), heap_used()
    assert abs(after[0] - before[0]) < 100  # free lists of the interpreter, not one block a frame
    assert abs(after[1] - before[1]) < 10_000  # less than a byte a frame: caches of NumPy


def traced_peak(call):
    """Return the most memory that a thousand calls held at any moment, bytes."""
    call()
    tracemalloc.start()
    tracemalloc.reset_peak()
    start = tracemalloc.get_traced_memory()[0]
    for _ in range(1000):
        call()
    peak = tracemalloc.get_traced_memory()[1] - start
    tracemalloc.stop()
    return peak


def test_push_takes_no_memory_even_for_a_moment():
    """The traced peak of a thousand pushes is that of a call that does nothing."""
    traced_peak([].clear)
    assert traced_peak(filled().push) <= traced_peak([].clear)


def test_memory_is_flat_over_a_million_frames():
    """The resident peak grows by less than a megabyte over 10^6 frames with people going in and out."""
    correlator = filled()
    block = np.random.default_rng(2).integers(-900, 900, (1000, 4, 2)).astype(np.int16)
    correlator.push_block(block)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for k in range(MILLION // len(block)):
        correlator.push_block(block)
        correlator.leave(k % 4)
        correlator.enter(k % 4)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1024
    assert correlator.pushed > MILLION


def test_empty_slots_take_no_memory():
    """A correlator for sixteen people keeps pages for the two that came, not for the 120 possible pairs."""
    offsets = tuple(range(300, 3300, 75))
    before = resident_bytes()
    correlator = Correlator(16, 8, [(70, 20, offsets)])
    for slot in (0, 1):
        correlator.enter(slot)
    correlator.push_block(np.random.default_rng(2).integers(-900, 900, (500, 16, 8)).astype(np.int16))
    correlator.wipe()
    assert correlator.state_bytes > 14_000_000
    assert resident_bytes() - before < correlator.state_bytes / 3


def resident_bytes():
    """Return what of this process is in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
