"""Face crops -> 468 landmarks in frame pixels and the probability that the crop holds a face.

In: a frame and its faces. Out: one `Mesh` a face, in the faces' order, without those below `min_presence`.
"""

import numpy as np

from edge._native.landmarks import to_picture
from edge._native.warp import warp_square
from edge.config.sections import FacesSection, TfliteSection
from edge.formulas import sigmoid
from edge.landmarks import LANDMARKS_N
from edge.records import Face, Frame, Mesh, frozen
from edge.tflite import Model, load
from edge.tflite.known import MESH
from edge.tflite.known import SHAPES as KNOWN

SIZE_PX = 192  # side of the model's input
SHAPES = KNOWN[MESH]


class FaceMesh:
    """The face mesh model, run on every face of a frame."""

    def __init__(self, section: FacesSection, tflite: TfliteSection) -> None:
        self.model = load(tflite, MESH)
        self._min_presence = section.min_presence

    def update(self, frame: Frame, faces: list[Face]) -> list[Mesh]:
        """Return the meshes of the faces that are there."""
        meshes = [_mesh(self.model, frame, face) for face in faces]
        return [mesh for mesh in meshes if mesh.presence >= self._min_presence]


def _mesh(model: Model, frame: Frame, face: Face) -> Mesh:
    warp_square(frame.image, model.input[0], *face.crop_px)
    landmarks, logit = model.run()
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
    )
