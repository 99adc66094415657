"""Whether measures may leave: a mute counts from when it is asked for, its end from when it was told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Closed while muted; may be asked and looked at from any thread."""

    def __init__(self, *, muted: bool) -> None:
        self._muted, self._asked, self._lock = muted, 0, threading.Lock()

    @property
    def muted(self) -> bool:
        """Whether no measure may leave."""
        return self._muted

    def ask(self, *, on: bool) -> int:
        """Take a new state of the mute; return its number, by which `told` knows the newest."""
        with self._lock:
            self._muted |= on
            self._asked += 1
            return self._asked

    def told(self, number: int, *, on: bool) -> None:
        """Open the gate if the state that was told is the newest and is no mute."""
        with self._lock:
            if number == self._asked:
                self._muted = on

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep the gate as it is meanwhile; yield whether it is open."""
        with self._lock:
            yield not self._muted
