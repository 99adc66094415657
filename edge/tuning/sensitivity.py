"""What each convolution of the mesh costs in noise and gains in time when it is computed in integers.

Noise: one layer at a time is made integer and reads the same still pictures as the float model. The errors of
layers are independent to first order, so their added variances

    delta_l = max over signals of var(s_l - s) / var(s)

sum up. Time: the convolution runs alone, in float and in integers, because its share of the whole model
drowns in the whole model's scatter. `choose` takes layers by time gained per variance added until the budget
is spent.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edge import models as files
from edge.arrays import Floats
from edge.config.sections import TfliteSection
from edge.mesh import SHAPES
from edge.models.variants import variant_of
from edge.models.variants.dynamic import integer_layers, shapes
from edge.models.variants.fold import fold
from edge.models.variants.graph import Graph
from edge.tflite import Model, Shapes, manifest
from edge.tflite.known import MESH
from edge.tuning import yardstick

STILL_N = 60  # still pictures of each portrait
NOISE_GOAL = 1.25
GAIN_MIN = 0.001  # share of the float model's time below which a gain may be chance
RUNS_N, ROUNDS_N = 20, 25  # of a convolution alone: the fastest round counts

Signals = dict[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One convolution, integer alone."""

    name: str
    """Name of its output tensor."""
    shape: tuple[int, ...]
    """Shape of its output."""
    variance: float
    """Variance it adds to the signal that suffers most, over that of the float model's."""
    gain: float
    """Time it saves, as a share of the float model's."""


def sweep(models: Path, crops: yardstick.Crops) -> list[Layer]:
    """Measure every convolution of the mesh on still pictures [P, F, 192, 192, 3]; takes some ten seconds."""
    published = manifest.read(models / f"float/{MESH}.tflite")[0]
    outputs = shapes(Graph(published))
    names = list(outputs)
    loaded = _variants(published, names)
    seen = {
        name: yardstick.signals_of(yardstick.read(model, crops[:, :STILL_N]))
        for name, model in loaded.items()
    }
    whole_ms = yardstick.speed({"float": loaded["float"]}, crops[0, 0])["float"]
    saved_ms = {name: _saved_ms(published, name) for name in names}
    return [
        Layer(
            name=name,
            shape=outputs[name],
            variance=_added(seen[name], seen["float"]),
            gain=saved_ms[name] / whole_ms,
        )
        for name in names
    ]


def _added(seen: Signals, reference: Signals) -> float:
    """Return the added variance of the signal that suffers most, from frame to frame: drift is not noise."""
    return max(
        float(np.diff(seen[key] - reference[key], axis=1).var() / np.diff(reference[key], axis=1).var())
        for key in reference
    )


def choose(layers: Iterable[Layer], noise_goal: float = NOISE_GOAL) -> list[str]:
    """Return the layers worth computing in integers, most gain for the least noise first."""
    left = noise_goal**2 - 1
    chosen = []
    worth = [layer for layer in layers if layer.gain > GAIN_MIN]
    for layer in sorted(worth, key=lambda one: one.variance / one.gain):
        if layer.variance <= left:
            chosen.append(layer.name)
            left -= layer.variance
    return chosen


def table(layers: Iterable[Layer], chosen: Iterable[str]) -> str:
    """Return the sweep as a table, one row a layer."""
    taken = set(chosen)
    rows = ["| layer | output | variance added | time saved | integer |", "|---" * 5 + "|"]
    for one in layers:
        shape = "x".join(str(n) for n in one.shape[1:])
        mark = "yes" if one.name in taken else ""
        rows.append(f"| `{one.name}` | {shape} | {one.variance:+.3f} | {100 * one.gain:+.1f} % | {mark} |")
    return "\n".join(rows)


def _variants(published: bytes, names: list[str]) -> dict[str, Model]:
    """Load the float model, and one for each integer layer: nothing else in these is rounded."""
    contents = {"float": published}
    contents |= {name: variant_of(published, "int8-mixed", [name]) for name in names}
    return {name: model_of(content, SHAPES) for name, content in contents.items()}


def model_of(content: bytes, shapes: Shapes) -> Model:
    """Load bytes on one thread, by way of a models folder of their own."""
    with TemporaryDirectory(prefix="mimicry-edge-") as scratch:
        path = Path(scratch) / "variant" / f"{MESH}.tflite"
        files.write(path, content)
        entry = {"sha256": manifest.sha256(path), "bytes": len(content)}
        files.record(Path(scratch), {f"variant/{MESH}.tflite": entry})
        return Model(path, TfliteSection(threads=1), shapes)


def _saved_ms(published: bytes, name: str) -> float:
    """Return the processor time that one convolution alone saves when it is computed in integers."""
    alone = [_alone(published, name, integer=integer) for integer in (False, True)]
    best = [np.inf, np.inf]
    for _ in range(ROUNDS_N):
        for k, model in enumerate(alone):
            before = time.thread_time()
            for _ in range(RUNS_N):
                model.run()
            best[k] = min(best[k], 1e3 * (time.thread_time() - before) / RUNS_N)
    return float(best[0] - best[1])


def _alone(published: bytes, name: str, *, integer: bool) -> Model:
    """Load one convolution as a model of its own, its input filled with fixed numbers."""
    graph = Graph(published)
    fold(graph)
    integer_layers(graph, [name] if integer else [])
    outputs = {graph.tensor(int(one.outputs[0])).name.decode(): one for one in graph.operators}
    operator = outputs[name]
    graph.operators = [operator]
    graph.body.inputs, graph.body.outputs = [int(operator.inputs[0])], [int(operator.outputs[0])]
    ends = Shapes(
        input=graph.shape(int(operator.inputs[0])), outputs=(graph.shape(int(operator.outputs[0])),)
    )
    model = model_of(graph.pack(), ends)
    model.input[:] = np.random.default_rng(0).normal(size=ends.input)
    return model
