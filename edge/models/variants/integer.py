"""Integer arithmetic throughout (`int8`): every operator and every tensor is an integer.

Activations are int8 with ranges fixed by calibration; weights int8, one scale a channel; biases int32. The
last layers keep their activations in int16 with int64 biases: an int8 landmark would have a step of most of
a crop pixel. There PRELU is written out, as the runtime has none for int16:

    PRELU(x) = a x + (1 - a) RELU(x)

Elsewhere PRELU and its input share one scale, so that what is above zero passes without being rounded again.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from edge.errors import ModelError
from edge.models.variants.equalise import Ranges
from edge.models.variants.graph import Array, Graph
from edge.models.variants.schema import Operator, Quantization, schema
from edge.models.variants.weights import CHANNEL_AXIS, per_channel, rounded

INT8, INT16 = schema.TensorType.INT8, schema.TensorType.INT16
LEVELS = 255  # steps of int8 between its ends
LARGEST_INT16 = 32767
PICTURE = (0.0, 1.0)  # of the input, hence a scale of 1/255: pictures of 8 bits pass unchanged
VERSIONS = {
    "ADD": (2, 3), "CONV_2D": (3, 4), "DEPTHWISE_CONV_2D": (3, 5), "MAX_POOL_2D": (2, 3), "MUL": (2, 4),
    "PAD": (2, 2), "PRELU": (1, 1), "QUANTIZE": (2, 2), "RELU": (2, 3),
}  # fmt: skip
"""Operator versions for int8 and int16."""
SAME_SCALE = {"MAX_POOL_2D", "PAD", "PRELU"}  # their result has the scale of their input

Key = tuple[str, int]


def integer(graph: Graph, ranges: Ranges, fine: Collection[str]) -> None:
    """Rewrite a folded graph in integers; the tensors named in `fine` are int16.

    Raises
    ------
    ModelError : an operator that is not written down here.
    """
    _Writer(graph, ranges, set(fine)).write()


class _Writer:
    """The integer graph while it is being written: what has been made of each float tensor."""

    def __init__(self, graph: Graph, ranges: Ranges, fine: set[str]) -> None:
        self._graph = graph
        self._fine = fine
        self._source = graph.operators
        self._range = _shared(graph, {name: (low.min(), high.max()) for name, (low, high) in ranges.items()})
        self._made: dict[Key, int] = {}
        self._operators: list[Operator] = []

    def write(self) -> None:
        graph = self._graph
        name = graph.tensor(int(graph.body.inputs[0])).name.decode()
        self._range[name] = PICTURE
        first = self._tensor(name, INT8, graph.shape(int(graph.body.inputs[0])))
        outputs = [graph.tensor(int(i)).name.decode() for i in graph.body.outputs]
        for one in self._source:
            self._convert(one)
        graph.body.inputs = np.array([first], np.int32)
        graph.body.outputs = np.array([self._made[name, self._kind(name)] for name in outputs], np.int32)
        graph.operators = self._operators

    def _convert(self, one: Operator) -> None:
        kind = self._graph.kind(one)
        if kind in CHANNEL_AXIS:
            self._weighted(one, kind)
        elif kind == "PRELU":
            self._prelu(one)
        elif kind in {"ADD", "MAX_POOL_2D", "PAD"}:
            name = self._graph.output(one)
            inputs = [self._read(source, self._kind(name)) for source in self._graph.inputs(one)]
            rest = [int(i) for i in one.inputs[len(inputs) :]]
            if kind == "ADD":
                one.builtinOptions.potScaleInt16 = False
            self._emit(
                kind, [*inputs, *rest], name, self._graph.shape(int(one.outputs[0])), one.builtinOptions
            )
        else:
            raise ModelError(f"expected operators known in integers, got {kind} at {self._graph.output(one)}")

    def _weighted(self, one: Operator, kind: str) -> None:
        graph, name, (source,) = self._graph, self._graph.output(one), self._graph.inputs(one)
        axis = CHANNEL_AXIS[kind]
        levels, scale = rounded(graph.numbers(int(one.inputs[1])), axis)
        entry = self._read(source, self._kind(name))
        steps = np.float64(graph.tensor(entry).quantization.scale[0]) * scale
        wide = np.int64 if self._kind(name) == INT16 else np.int32
        bias = np.rint(graph.numbers(int(one.inputs[2])) / steps).astype(wide)
        weights = graph.add_constant(f"{name}/weights", levels, per_channel(scale, axis))
        offset = graph.add_constant(f"{name}/bias", bias, per_channel(steps.astype(np.float32), 0))
        self._emit(kind, [entry, weights, offset], name, graph.shape(int(one.outputs[0])), one.builtinOptions)

    def _prelu(self, one: Operator) -> None:
        graph, name, (source,) = self._graph, self._graph.output(one), self._graph.inputs(one)
        slope, shape = graph.numbers(int(one.inputs[1])), graph.shape(int(one.outputs[0]))
        entry = self._read(source, self._kind(name))
        if self._kind(name) == INT8:
            self._emit("PRELU", [entry, self._constant(f"{name}/slope", slope, np.int8)], name, shape, None)
            return
        low, high = self._range[source]
        size = (-max(-low, high), max(-low, high))
        parts = (f"{name}/positive", f"{name}/steep", f"{name}/leak")
        self._range |= {parts[0]: size} | {
            part: (-bound, bound)
            for part, bound in zip(
                parts[1:], size[1] * np.array((np.abs(1 - slope).max(), np.abs(slope).max())), strict=True
            )
        }
        self._fine.update(parts)
        positive = self._emit("RELU", [entry], parts[0], shape, None)
        for part, of, factor in ((parts[1], positive, 1 - slope), (parts[2], entry, slope)):
            constant = self._constant(f"{part}/factor", factor, np.int16)
            self._emit("MUL", [of, constant], part, shape, schema.MulOptionsT())
        options = schema.AddOptionsT()
        options.potScaleInt16 = False
        self._emit("ADD", [self._made[part, INT16] for part in parts[1:]], name, shape, options)

    def _read(self, name: str, kind: int) -> int:
        """Return a tensor in the wanted type, through a QUANTIZE where it was made in the other."""
        if (name, kind) not in self._made:
            (other,) = (made for (known, _), made in self._made.items() if known == name)
            made = self._tensor(name, kind, self._graph.shape(other))
            self._add("QUANTIZE", kind, [other], made, schema.QuantizeOptionsT())
        return self._made[name, kind]

    def _emit(self, kind: str, inputs: list[int], name: str, shape: tuple[int, ...], options: object) -> int:
        made = self._tensor(name, self._kind(name), shape)
        self._add(kind, self._kind(name), inputs, made, options)
        return made

    def _add(self, kind: str, number: int, inputs: list[int], output: int, options: object) -> None:
        version = VERSIONS[kind][number == INT16]
        self._operators.append(self._graph.operator(kind, version, inputs, [output], options))

    def _tensor(self, name: str, kind: int, shape: tuple[int, ...]) -> int:
        low, high = self._range[name]
        scale, zero = steps8(low, high) if kind == INT8 else (max(-low, high) / LARGEST_INT16, 0)
        self._made[name, kind] = self._graph.add_tensor(name, shape, kind, _uniform(scale, zero))
        return self._made[name, kind]

    def _constant(self, name: str, values: Array, kind: type[np.signedinteger[Any]]) -> int:
        scale = float(np.abs(values).max()) / np.iinfo(kind).max or 1.0
        levels: Array = np.rint(values / scale).astype(kind)
        return self._graph.add_constant(name, levels, _uniform(scale, 0))

    def _kind(self, name: str) -> int:
        return int(INT16 if name in self._fine else INT8)


def steps8(low: float, high: float) -> tuple[float, int]:
    """Return scale and zero point of int8 that hold a range and zero."""
    low, high = min(0.0, low), max(0.0, high)
    scale = max(high - low, 1e-8) / LEVELS
    return scale, int(np.clip(np.rint(-128 - low / scale), -128, 127))


def _shared(graph: Graph, ranges: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Give tensors that must share a scale the hull of their ranges."""
    found = dict(ranges)
    joined = [
        {graph.inputs(one)[0], graph.output(one)} for one in graph.operators if graph.kind(one) in SAME_SCALE
    ]
    for _ in joined:  # a chain settles after at most as many rounds as it has links
        before = dict(found)
        for names in joined:
            hull = (min(found[name][0] for name in names), max(found[name][1] for name in names))
            found |= dict.fromkeys(names, hull)
        if before == found:
            break
    return found


def _uniform(scale: float, zero: int) -> Quantization:
    entry: Quantization = schema.QuantizationParametersT()
    entry.scale, entry.zeroPoint = np.array([scale], np.float32), np.array([zero], np.int64)
    return entry
