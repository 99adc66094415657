"""The shapes of the three published models, which every variant keeps."""

from edge.landmarks import LANDMARKS_N
from edge.tflite.model import Shapes

MESH = "face_landmark"
FULL_RANGE = "face_detection_full_range_sparse"
SHORT_RANGE = "face_detection_short_range"
RECIPE = 3  # rises when the steps of a variant change: files of older recipes are made again

SHAPES = {
    MESH: Shapes(input=(1, 192, 192, 3), outputs=((1, 1, 1, 3 * LANDMARKS_N), (1, 1, 1, 1))),
    FULL_RANGE: Shapes(input=(1, 192, 192, 3), outputs=((1, 2304, 16), (1, 2304, 1))),
    SHORT_RANGE: Shapes(input=(1, 128, 128, 3), outputs=((1, 896, 16), (1, 896, 1))),
}
"""By model name: crop or picture in; 468 x, y, z and a presence, or boxes and scores of the anchors, out."""
