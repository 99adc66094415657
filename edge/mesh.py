"""Face crops -> 468 landmarks in frame pixels and the probability that the crop holds a face.

In: a frame and its faces. Out: one `Mesh` a face, in the faces' order, without those below `min_presence`.
"""

import functools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge._native.landmarks import to_picture
from edge._native.place import resemblance
from edge._native.warp import warp_square
from edge.arrays import overwrite
from edge.config.sections import FacesSection, TfliteSection
from edge.formulas import sigmoid
from edge.landmarks import LANDMARKS_N
from edge.records import Face, Frame, Mesh, frozen
from edge.tflite import Model, load
from edge.tflite.crew import Crew, Quickest, worthwhile
from edge.tflite.known import MESH
from edge.tflite.known import SHAPES as KNOWN
from edge.tflite.runtime import cores

SIZE_PX = 192  # side of the model's input
THIN = 4  # of it every fourth sample is kept, to be compared with the next frame
Tensor = NDArray[np.float32]
SHAPES = KNOWN[MESH]


class FaceMesh:
    """The face mesh model, run on every face of a frame.

    One face is read on all cores or on one, whichever is quicker; several are read side by side, each on one.
    The landmarks are the same.
    """

    def __init__(self, section: FacesSection, tflite: TfliteSection) -> None:
        n = cores(tflite) if tflite.accelerator == "cpu" else 1
        self.model = load(replace(tflite, threads=1) if n > 1 else tflite, MESH)
        self._crew = Crew([self.model, *(self.model.twin(threads=1) for _ in range(n - 1))])
        self._alone = Quickest(worthwhile(self.model, threads=n))
        self._min_presence = section.min_presence
        self._crops: dict[int, Tensor] = {}

    def update(self, frame: Frame, faces: list[Face], *, beside: bool = False) -> list[Mesh]:
        """Return the meshes of the faces that are there; `beside` a search that takes a core as well."""
        found = self.everything(frame, faces, beside=beside)
        return [mesh for mesh in found if mesh.presence >= self._min_presence]

    def everything(self, frame: Frame, faces: list[Face], *, beside: bool = False) -> list[Mesh]:
        """Return a mesh a face, whatever its presence."""
        before = self._crops
        read = functools.partial(_read, frame, before)
        if len(faces) > 1:
            found = self._crew.map(read, faces)
        else:
            found = [self._alone.run(read, one, beside=beside) for one in faces]
        self._crops = {mesh.person: crop for mesh, crop in found}
        overwrite(*before.values())
        return [mesh for mesh, _ in found]

    def wipe(self) -> None:
        """Overwrite what the last picture showed."""
        self._crew.wipe()
        self._alone.wipe()
        overwrite(*self._crops.values())
        self._crops = {}


def _read(frame: Frame, before: dict[int, Tensor], model: Model, face: Face) -> tuple[Mesh, Tensor]:
    """Return the mesh of a face, and a thinned crop to compare the next one with."""
    warp_square(frame.image, model.input[0], *face.crop_px)
    crop = model.input[0, ::THIN, ::THIN, 1].copy()
    likeness = resemblance(before[face.person], crop) if face.person in before else float("nan")
    return _mesh(face, likeness, *model.run()), crop


def _mesh(face: Face, likeness: float, landmarks: Tensor, logit: Tensor) -> Mesh:
    points = np.empty((LANDMARKS_N, 3), np.float32)
    x0, y0, x1, y1 = to_picture(landmarks.reshape(LANDMARKS_N, 3), points, *face.crop_px, SIZE_PX)
    frozen(points)
    return Mesh(
        t_ns=face.t_ns,
        index=face.index,
        person=face.person,
        points_px=points,
        presence=float(sigmoid(logit[0, 0, 0, 0])),
        box_px=(x0, y0, x1 - x0, y1 - y0),
        likeness=likeness,
    )
