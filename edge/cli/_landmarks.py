"""The landmarks of a film, written while it is seen: memory stays flat however long it is."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.landmarks import LANDMARKS_N
from edge.records import Mesh


class LandmarksWriter:
    """Collects meshes beside the file; at the end writes t_s, recording, frame, person, points_px."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path, SignalsError):
            handle, name = tempfile.mkstemp(dir=path.parent)
            Path(name).unlink()
            self._points = os.fdopen(handle, "w+b")
        self._times_s: list[float] = []
        self._of: list[tuple[int, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._points:
            if kind is None:
                self._keep()

    def add(self, t_s: float, view: int, meshes: list[Mesh]) -> None:
        """Take the meshes of one frame."""
        self._times_s.append(t_s)
        with writing(self._path, SignalsError):
            for mesh in meshes:
                self._of.append((view + 1, mesh.index, mesh.person))
                self._points.write(mesh.points_px.astype(np.float32).tobytes())

    def _keep(self) -> None:
        of = np.array(self._of, np.int64).reshape(-1, 3)
        times_s = np.array(self._times_s)
        with writing(self._path, SignalsError), Draft(self._path) as part, part.open("wb") as file:
            self._points.flush()
            np.savez_compressed(
                file,
                t_s=times_s - (times_s[0] if len(times_s) else 0.0),
                recording=of[:, 0],
                frame=of[:, 1],
                person=of[:, 2],
                points_px=self._mapped(len(of)),
            )

    def _mapped(self, n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """Return the points as they lie on the disk."""
        shape = (n, LANDMARKS_N, 3)
        return np.memmap(self._points, np.float32, "r", shape=shape) if n else np.empty(shape, np.float32)
