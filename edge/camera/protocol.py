"""What every camera is to the pipeline."""

from collections.abc import Iterator
from types import TracebackType
from typing import Literal, Protocol, Self

from edge.records import Frame

State = Literal["ok", "stalled", "closed"]
"""`ok` while pictures come, `closed` once the device has confirmed that it is."""


class Camera(Protocol):
    """A source of frames: a context manager that is iterated once and closed; `close` again is allowed.

    The iterator ends when the source is exhausted or was closed; it raises `CameraError` when it failed for
    good.
    """

    @property
    def dropped(self) -> int:
        """Frames that the sensor made (or the file holds) and that were not delivered."""

    @property
    def restarts(self) -> int:
        """Times the source was closed and opened again because it went silent."""

    @property
    def refused(self) -> dict[str, int]:
        """Pictures that came and were none, by kind; empty for a source that refuses none."""

    @property
    def state(self) -> State:
        """Whether pictures come, none come, or the source is closed."""

    @property
    def problem(self) -> str:
        """What the camera does otherwise than configured, and the setting to change; empty when nothing."""

    def __iter__(self) -> Iterator[Frame]: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def close(self) -> None:
        """Stop and free the source; the memory of its frames is let go."""
