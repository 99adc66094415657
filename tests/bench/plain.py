"""Plain post-training quantisation of the mesh, to see the variants against.

Fully int8 with the smallest and largest values as ranges, made and measured in the same run.
"""

from pathlib import Path

from edge.models.variants.calibration import ranges, varied
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.models.variants.integer import integer
from edge.tflite import Model, manifest
from edge.tflite.known import MESH, SHAPES
from edge.tuning.sensitivity import model_of
from edge.tuning.yardstick import Crops


def plain(models: Path, faces: Crops) -> Model:
    """Return the mesh fully in int8 without equalisation, clipping or finer layers."""
    graph = Graph(manifest.read(models / f"float/{MESH}.tflite")[0])
    fold(graph)
    integer(graph, ranges(graph, varied(faces), in_picture=0.0, of_pictures=1.0), ())
    return model_of(graph.pack(), SHAPES[MESH])
