"""What signals and other threads ask of the loop: kept until its next turn."""

import signal
import threading
from types import FrameType


class Requests:
    """Stop, reload, the button, a change of the mute. To ask never blocks; only the loop takes."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._reload = self._press = False
        self.status: int | None = None
        """The exit status of the process, once it is to stop."""
        self.muted_ns: int | None = None
        """When the request arrived that is about to change the mute, monotonic."""

    def listen(self) -> None:
        """Let SIGTERM and SIGINT stop, SIGHUP reload."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)

    def wake(self) -> None:
        """End the loop's rest."""
        self._wake.set()

    def rest(self, longest_s: float) -> None:
        """Wait until woken, or until the time is over."""
        self._wake.wait(longest_s)
        self._wake.clear()

    def stop(self, status: int) -> None:
        """Ask for the end of the process with this exit status."""
        self.status = status

    def reload(self) -> None:
        """Ask for the configuration to be read again."""
        self._reload = True
        self.wake()

    def press(self) -> None:
        """Ask for the local mute to be toggled."""
        self._press = True
        self.wake()

    def take_reload(self) -> bool:
        """Return whether a reload was asked for since the last call."""
        asked = self._reload
        if asked:  # what is asked for between the two lines is not lost
            self._reload = False
        return asked

    def take_press(self) -> bool:
        """Return whether the button was pressed since the last call."""
        asked = self._press
        if asked:
            self._press = False
        return asked

    def take_muted_ns(self) -> int | None:
        """Return when the request arrived that changed the mute, once; None when the building did not ask."""
        arrived_ns, self.muted_ns = self.muted_ns, None
        return arrived_ns

    # A handler interrupts the loop anywhere, perhaps inside the event: it sets a flag, and wakes nobody.

    def _on_stop(self, _number: int, _stack: FrameType | None) -> None:
        self.status = 0

    def _on_reload(self, _number: int, _stack: FrameType | None) -> None:
        self._reload = True
