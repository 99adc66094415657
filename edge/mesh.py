"""Face crops -> 468 landmarks in frame pixels and the probability that the crop holds a face.

In: a frame and its faces. Out: one `Mesh` a face, in the faces' order, without those below `min_presence`.
"""

import numpy as np
from numpy.typing import NDArray

from edge._native.landmarks import to_picture
from edge._native.warp import warp_square
from edge.arrays import overwrite
from edge.config.sections import FacesSection, TfliteSection
from edge.formulas import correlation, sigmoid
from edge.landmarks import LANDMARKS_N
from edge.records import Face, Frame, Mesh, frozen
from edge.tflite import load
from edge.tflite.known import MESH
from edge.tflite.known import SHAPES as KNOWN

SIZE_PX = 192  # side of the model's input
THIN = 4  # of it every fourth sample is kept, to be compared with the next frame
Tensor = NDArray[np.float32]
SHAPES = KNOWN[MESH]


class FaceMesh:
    """The face mesh model, run on every face of a frame."""

    def __init__(self, section: FacesSection, tflite: TfliteSection) -> None:
        self.model = load(tflite, MESH)
        self._min_presence = section.min_presence
        self._crops: dict[int, Tensor] = {}

    def update(self, frame: Frame, faces: list[Face]) -> list[Mesh]:
        """Return the meshes of the faces that are there."""
        before, self._crops = self._crops, {}
        meshes = [self._mesh(frame, face, before.get(face.person)) for face in faces]
        overwrite(*before.values())
        return [mesh for mesh in meshes if mesh.presence >= self._min_presence]

    def wipe(self) -> None:
        """Overwrite what the last picture showed."""
        overwrite(*self._crops.values())
        self._crops = {}
        self.model.wipe()

    def _mesh(self, frame: Frame, face: Face, before: Tensor | None) -> Mesh:
        warp_square(frame.image, self.model.input[0], *face.crop_px)
        crop = self._crops[face.person] = self.model.input[0, ::THIN, ::THIN, 1].copy()
        likeness = float("nan") if before is None else correlation(before, crop)
        return _mesh(face, likeness, *self.model.run())


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
