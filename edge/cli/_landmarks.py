"""The landmarks of a film, written while it is seen: memory stays flat however long it is."""

import os
import tempfile
from array import array
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.lib.format import write_array, write_array_header_1_0

from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.landmarks import LANDMARKS_N
from edge.records import Mesh

PIECE = 1 << 20  # bytes


class LandmarksWriter:
    """Collects meshes beside the file; at the end writes t_s, recording, frame, person, points_px."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path, SignalsError):
            handle, name = tempfile.mkstemp(dir=path.parent)
            Path(name).unlink()
            self._points = os.fdopen(handle, "w+b")
        self._times_s = array("d")
        self._of = array("q")

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
                self._of.extend((view + 1, mesh.index, mesh.person))
                self._points.write(mesh.points_px.astype("<f4").tobytes())

    def _keep(self) -> None:
        of = np.frombuffer(self._of, np.int64).reshape(-1, 3)
        times_s = np.frombuffer(self._times_s)
        small = {
            "t_s": times_s - (times_s[0] if len(times_s) else 0.0),
            "recording": of[:, 0],
            "frame": of[:, 1],
            "person": of[:, 2],
        }
        with (
            writing(self._path, SignalsError),
            Draft(self._path) as part,
            ZipFile(part, "w", ZIP_DEFLATED) as archive,
        ):
            for name, array in small.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    write_array(entry, np.ascontiguousarray(array))
            with archive.open("points_px.npy", "w", force_zip64=True) as entry:
                self._copy(entry, len(of))

    def _copy(self, entry: IO[bytes], n: int) -> None:
        """Write the points as they lie on the disk, a piece at a time."""
        shape = (n, LANDMARKS_N, 3)
        write_array_header_1_0(entry, {"descr": "<f4", "fortran_order": False, "shape": shape})
        self._points.seek(0)
        copyfileobj(self._points, entry, PIECE)
