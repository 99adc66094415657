"""Plain post-training quantisation of the mesh, to see the variants against.

Fully int8 with the smallest and largest values as ranges, made and measured in the same run; and, for
orientation, the frontier of a general quantiser whose first operators alone are integers.
"""

from pathlib import Path

from edge.bench import mesh
from edge.bench.sensitivity import model_of
from edge.models.variants.calibration import ranges, varied
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.models.variants.integer import integer
from edge.tflite import Model, store
from edge.tflite.known import MESH, SHAPES

PUBLISHED = (
    ("97 of 97 operators", "4.1-4.3", "0.83"),
    ("all but the head", "2.3-2.5", "0.84"),
    ("first 47", "1.9", "0.90"),
    ("first 27", "1.4-1.65", "0.96"),
    ("first 12", "1.25-1.3", "0.98"),
    ("dynamic", "1.55", "2.0"),
)
"""Operators in int8, noise of the mouth's width and time, both over float; x86-64, one thread."""


def plain(models: Path, faces: mesh.Crops) -> Model:
    """Return the mesh fully in int8 without equalisation, clipping or finer layers."""
    graph = Graph(store.read(models / f"float/{MESH}.tflite")[0])
    fold(graph)
    integer(graph, ranges(graph, varied(faces), in_picture=0.0, of_pictures=1.0), ())
    return model_of(graph.pack(), SHAPES[MESH])
