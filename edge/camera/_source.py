"""What a live device is to the recovery ladder: opened, read with a deadline, closed; any of it may hang."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SPARSE = 4  # of this number of rows and columns one is looked at to see whether a picture shows anything
UNIFORM = 0.99  # share of pixels of one value in a picture that shows nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture as the device made it, before it is judged and numbered."""

    t_ns: int
    """Sensor time of the first pixel, ns, on the monotonic clock of the machine."""
    image: NDArray[np.uint8]
    """RGB, [H, W, 3], own memory."""
    print_: int
    """Checksum of a part of the picture: equal pictures have equal ones, sensor noise makes others differ."""
    flat: bool = False
    """Whether that part is dark or of one value (a covered lens): equal pictures then mean nothing."""
    period_ns: int = 0
    """Time between two pictures as the device declares it, ns; 0: it does not."""
    row_ns: float = 0.0
    """Rolling shutter: time between two rows of `image`, ns; negative where the last was read first."""
    column_ns: float = 0.0
    """The same between two columns: not 0 where the picture was turned by a right angle."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.image.shape[1], self.image.shape[0]


def featureless(grey: NDArray[np.uint8], dark: float) -> bool:
    """Whether a grey picture is darker than `dark` or all but a few pixels of it have one value."""
    some = grey[::SPARSE, ::SPARSE].ravel()
    return bool(some.mean() < dark or np.bincount(some).max() >= UNIFORM * some.size)


class Source(Protocol):
    """A camera that may fail at any call. Every instance is opened once and closed once.

    Making one checks what no second try could cure (library, launch line) and raises `CameraError`.
    """

    name: str
    """What the device is called in messages."""

    @property
    def live(self) -> bool:
        """Whether it runs in real time (a recording behind a launch line does not); known once open."""

    @property
    def ended(self) -> bool:
        """Whether a recording has reached its end."""

    @property
    def problem(self) -> str:
        """What the device does otherwise than asked, and the setting; empty when nothing; once open."""

    def open(self) -> None:
        """Start streaming. Raises `CameraError`; may hang."""

    def read(self, timeout_s: float) -> Shot | None:
        """Next picture, or None when none came in time. Raises `CameraError` when the device failed."""

    def close(self) -> None:
        """Stop and free the device; may hang."""
