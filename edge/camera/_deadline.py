"""Calls into drivers that may never return, each in a thread of its own that can be given up.

A wait is counted in parts: a process that was stopped, or that a busy machine did not let run, is late by one
part at most, and the driver still has the rest of its time.
"""

import threading
from collections.abc import Callable

from edge.errors import CameraError

PARTS_N = 8


class OverdueError(CameraError):
    """A call was given up; its thread goes on by itself."""


def within(
    deadline_s: float, work: Callable[[], None], *, what: str, late: Callable[[], None] | None = None
) -> None:
    """Run `work`; raise its error, or `OverdueError` once `deadline_s` has passed.

    When `work` given up returns after all, with an error or not, `late` cleans up behind it.
    """
    lock = threading.Lock()
    done = threading.Event()
    failures: list[BaseException] = []
    given_up = False

    def call() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            failures.append(error)
        with lock:
            done.set()
            behind = late if given_up else None
        if behind is not None:
            behind()

    threading.Thread(target=call, name=f"camera {what}", daemon=True).start()
    patiently(done.wait, deadline_s)
    with lock:
        given_up = not done.is_set()
    if given_up:
        raise OverdueError(f"expected the camera to {what} within {deadline_s:g} s, got no answer")
    if failures:
        raise failures[0]


def patiently(wait: Callable[[float], object], limit_s: float) -> bool:
    """Wait in parts of `limit_s` until `wait(part)` is true; return whether it became so."""
    return any(wait(limit_s / PARTS_N) for _ in range(PARTS_N))
