"""A camera whose pictures are turned after it made them: for sources that make no copy of their own."""

from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from edge.camera.orientation import Orientation, own
from edge.camera.protocol import Camera, State
from edge.records import Frame, frozen


class Turned:
    """The camera inside, its frames upright."""

    def __init__(self, camera: Camera, orientation: Orientation) -> None:
        self._camera, self._orientation = camera, orientation

    def __enter__(self) -> Self:
        self._camera.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._camera.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._camera:
            image = own(self._orientation.view(frame.image))
            frozen(image)
            t_ns, row_ns, column_ns = self._orientation.times(frame.t_ns, frame.row_ns, len(frame.image))
            yield replace(frame, t_ns=t_ns, image=image, row_ns=row_ns, column_ns=column_ns)

    @property
    def dropped(self) -> int:
        """Frames that the camera made and did not deliver."""
        return self._camera.dropped

    @property
    def restarts(self) -> int:
        """Times the camera was opened again."""
        return self._camera.restarts

    @property
    def refused(self) -> dict[str, int]:
        """Pictures that came and were none, by kind."""
        return self._camera.refused

    @property
    def state(self) -> State:
        """Whether pictures come, none come, or the camera is closed."""
        return self._camera.state

    @property
    def problem(self) -> str:
        """What the camera does otherwise than configured."""
        return self._camera.problem

    def close(self) -> None:
        """Stop and free the camera."""
        self._camera.close()
