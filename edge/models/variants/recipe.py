"""Variants of the published models: which steps make which, from the float file's bytes to the variant's.

Same inputs, same bytes: no step looks at the clock, at a random number or at the machine.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from edge.errors import ModelError
from edge.models.variants.calibration import Pictures, ranges, varied
from edge.models.variants.dynamic import integer_layers, shapes
from edge.models.variants.equalise import equalise
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.models.variants.integer import integer
from edge.models.variants.rewrite import widen_slopes
from edge.models.variants.weights import halve_weights, quantise_weights
from edge.tflite import manifest
from edge.tflite.known import FULL_RANGE, MESH, RECIPE

VARIANTS = {"int8-weights": (MESH, FULL_RANGE), "int8-mixed": (MESH, FULL_RANGE), "int8": (MESH,)}
"""What there is to build, and of which models."""
FINE_PX = 6  # `int8` keeps int16 activations from this width of a layer on: 8 % of the work
TOOLS = ("ai-edge-litert", "flatbuffers", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A variant's file, not yet written."""

    relative: str
    """Path in the models folder."""
    content: bytes
    """The file."""
    entry: manifest.Entry
    """Its manifest entry."""


def make(
    models: Path, variant: str, layers: Collection[str] | None = None, pictures: Pictures | None = None
) -> list[Built]:
    """Make every file of a variant.

    `layers` replaces the packaged choice for the mesh of `int8-mixed`; `int8` wants crops of faces
    [N, 192, 192, 3], 0..1.

    Raises
    ------
    ModelError : no such variant or layer, or float files that are missing or not the published ones.
    """
    if variant not in VARIANTS:
        raise ModelError(f"expected a variant of {', '.join(VARIANTS)}, got '{variant}'")
    return [
        _make(models, variant, name, layers if name == MESH else None, pictures) for name in VARIANTS[variant]
    ]


def variant_of(
    content: bytes, variant: str, layers: Collection[str] = (), pictures: Pictures | None = None
) -> bytes:
    """Return the variant's bytes for a published file's bytes; `int8` takes its ranges from the pictures."""
    graph = Graph(content)
    fold(graph)
    if variant == "int8":
        return _integer(graph, pictures)
    if variant == "int8-mixed":
        unknown = sorted(set(layers) - set(shapes(graph)))
        if unknown:
            raise ModelError(f"expected convolutions of the model, got {', '.join(unknown)}")
        widen_slopes(graph)
        integer_layers(graph, layers)
        halve_weights(graph)
    else:
        quantise_weights(graph)
    return graph.pack()


def _integer(graph: Graph, pictures: Pictures | None) -> bytes:
    if pictures is None:
        raise ModelError("expected pictures to take the ranges of int8 from, got none")
    found = ranges(graph, varied(pictures))
    presence = graph.tensor(int(graph.body.outputs[1])).name.decode()
    fine = {graph.output(one) for one in graph.operators if graph.shape(int(one.outputs[0]))[2] <= FINE_PX}
    integer(graph, equalise(graph, found), fine - {presence})
    return graph.pack()


def packaged_layers(name: str, content: bytes) -> list[str]:
    """Return the integer layers of `int8-mixed` that were chosen by measurement for this model.

    The table names them, or gives the largest width in pixels that the output of an integer layer may have.
    """
    table = json.loads(files("edge.models.variants").joinpath("mixed.json").read_text(encoding="utf-8"))
    chosen = table[name]
    if isinstance(chosen, list):
        return sorted(str(layer) for layer in chosen)
    return sorted(layer for layer, shape in shapes(Graph(content)).items() if shape[2] <= chosen)


def _make(
    models: Path, variant: str, name: str, layers: Collection[str] | None, pictures: Pictures | None
) -> Built:
    source = f"float/{name}.tflite"
    published, digest = manifest.read(models / source)
    chosen: list[str] = []
    if variant == "int8-mixed":
        chosen = packaged_layers(name, published) if layers is None else sorted(layers)
    content = variant_of(published, variant, chosen, pictures)
    entry: manifest.Entry = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": str(manifest.entries(models)[source].get("licence", "")),
        "source": f"built from {source} {digest[:12]}",
        "recipe": RECIPE,
        "tools": {tool: version(tool) for tool in TOOLS},
    }
    if chosen and name == MESH:
        entry["integer_layers"], entry["tuned"] = chosen, layers is not None
    return Built(relative=f"{variant}/{name}.tflite", content=content, entry=entry)
