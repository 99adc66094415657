"""Face crops -> 468 landmarks in frame pixels and the probability that the crop holds a face.

In: a frame and its faces. Out: one `Mesh` a face, in the faces' order, without those below `min_presence`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.config.sections import FacesSection, TfliteSection
from edge.records import Face, Frame, Mesh, frozen
from edge.tflite import Model, Shapes, store

POINTS_N = 468
SIZE_PX = 192  # side of the model's input
SHAPES = Shapes(input=(1, SIZE_PX, SIZE_PX, 3), outputs=((1, 1, 1, 3 * POINTS_N), (1, 1, 1, 1)))


class FaceMesh:
    """The face mesh model, run on every face of a frame."""

    def __init__(self, section: FacesSection, tflite: TfliteSection) -> None:
        self.model = Model(store.locate(tflite, "face_landmark", tflite.variant), tflite, SHAPES)
        self._min_presence = section.min_presence

    def update(self, frame: Frame, faces: list[Face]) -> list[Mesh]:
        """Return the meshes of the faces that are there."""
        found = (self._mesh(frame, face) for face in faces)
        return [mesh for mesh in found if mesh.presence >= self._min_presence]

    def _mesh(self, frame: Frame, face: Face) -> Mesh:
        warp_square(frame.image, self.model.input[0], *face.crop_px)
        landmarks, logit = self.model.run()
        points = to_frame(landmarks.reshape(POINTS_N, 3), face.crop_px)
        low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        return Mesh(
            t_ns=face.t_ns,
            index=face.index,
            person=face.person,
            points_px=points,
            presence=1 / (1 + math.exp(-float(np.clip(logit[0, 0, 0, 0], -80, 80)))),
            box_px=(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])),
        )


def to_frame(
    landmarks: NDArray[np.float32], crop_px: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    """Turn landmarks in crop pixels [N, 3] into frame pixels; z keeps its sign and takes the same scale."""
    x, y, side, angle = crop_px
    scale = side / SIZE_PX
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, scale]], np.float32)
    half = SIZE_PX / 2
    points = (landmarks - np.array([half, half, 0], np.float32)) @ turn
    points += np.array([x, y, 0], np.float32)
    frozen(points)
    return points
