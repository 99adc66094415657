"""A TFLite file as a graph that can be edited: operators, tensors, constants.

In: the bytes of a model with one subgraph. Out: bytes again, without the tensors, buffers and operator codes
that nothing uses; the same edits give the same bytes. Shapes and layouts are those of the TFLite schema.
"""

from collections.abc import Iterable
from typing import Any

import flatbuffers
import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.models.variants.schema import Name, Operator, Quantization, Tensor, schema

IDENTIFIER = b"TFL3"
DTYPES: dict[int, np.dtype[Any]] = {
    schema.TensorType.FLOAT32: np.dtype("<f4"),
    schema.TensorType.FLOAT16: np.dtype("<f2"),
    schema.TensorType.INT8: np.dtype("i1"),
    schema.TensorType.INT16: np.dtype("<i2"),
    schema.TensorType.INT32: np.dtype("<i4"),
    schema.TensorType.INT64: np.dtype("<i8"),
}
TYPES = {dtype: number for number, dtype in DTYPES.items()}
NAMES = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}

Array = NDArray[Any]


class Graph:
    """One model, edited in place.

    Raises
    ------
    ModelError : not a TFLite file with one subgraph.
    """

    def __init__(self, content: bytes) -> None:
        if content[4:8] != IDENTIFIER:
            raise ModelError(f"expected a TFLite model, got {content[4:8]!r} at its identifier")
        self.model = schema.ModelT.InitFromPackedBuf(content, 0)
        if len(self.model.subgraphs) != 1:
            raise ModelError(f"expected one subgraph, got {len(self.model.subgraphs)}")
        self.body = self.model.subgraphs[0]
        for code in self.model.operatorCodes:
            # Old writers filled the deprecated field only; readers of today look at the other one.
            code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
            code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        for one in self.body.operators:  # views of the file's bytes until now
            one.inputs, one.outputs = np.array(one.inputs, np.int32), np.array(one.outputs, np.int32)

    @property
    def operators(self) -> list[Operator]:
        """The operators in execution order."""
        return list(self.body.operators)

    @operators.setter
    def operators(self, operators: Iterable[Operator]) -> None:
        self.body.operators = list(operators)

    def kind(self, operator: Operator) -> str:
        """Return an operator's name in the schema, for example `CONV_2D`."""
        return str(NAMES[self.model.operatorCodes[operator.opcodeIndex].builtinCode])

    def inputs(self, operator: Operator) -> list[str]:
        """Return the names of an operator's computed inputs."""
        computed = {int(one.outputs[0]) for one in self.operators} | {int(i) for i in self.body.inputs}
        return [self.tensor(int(i)).name.decode() for i in operator.inputs if int(i) in computed]

    def output(self, operator: Operator) -> str:
        """Return the name of an operator's output."""
        return str(self.tensor(int(operator.outputs[0])).name.decode())

    def tensor(self, index: int) -> Tensor:
        """Return a tensor's entry."""
        tensor: Tensor = self.body.tensors[index]
        return tensor

    def shape(self, index: int) -> tuple[int, ...]:
        """Return a tensor's shape."""
        return tuple(int(n) for n in self.tensor(index).shape)

    def constant(self, index: int) -> Array | None:
        """Return a dense constant as a read-only array; None for anything computed, absent or sparse."""
        if index < 0:
            return None
        tensor = self.tensor(index)
        data = self.model.buffers[tensor.buffer].data
        if data is None or len(data) == 0 or tensor.sparsity is not None:
            return None
        raw = np.asarray(data, np.uint8).tobytes()
        return np.frombuffer(raw, DTYPES[tensor.type]).reshape(self.shape(index))

    def numbers(self, index: int) -> Array:
        """Return a constant's numbers; a tensor that is computed is an error."""
        values = self.constant(index)
        if values is None:
            raise ModelError(
                f"expected a dense constant, got a computed tensor at {self.tensor(index).name!r}"
            )
        return values

    def add_constant(self, name: str, values: Array, quantization: Quantization | None = None) -> int:
        """Add a constant tensor; return its index."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        index = self.add_tensor(name, values.shape, TYPES[values.dtype], quantization)
        self.tensor(index).buffer = len(self.model.buffers) - 1
        return index

    def add_tensor(
        self, name: str, shape: tuple[int, ...], kind: int, quantization: Quantization | None = None
    ) -> int:
        """Add a computed tensor; return its index."""
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.buffer = name.encode(), kind, 0
        tensor.shape = np.array(shape, np.int32)
        tensor.quantization = quantization
        self.body.tensors.append(tensor)
        return len(self.body.tensors) - 1

    def operator(
        self,
        kind: str,
        version: int,
        inputs: list[int],
        outputs: list[int],
        options: object = None,
    ) -> Operator:
        """Return a new operator, not yet placed in the graph."""
        operator: Operator = schema.OperatorT()
        operator.opcodeIndex = self._code(getattr(schema.BuiltinOperator, kind), version)
        operator.inputs, operator.outputs = np.array(inputs, np.int32), np.array(outputs, np.int32)
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
        return operator

    def versioned(self, operator: Operator, version: int) -> None:
        """Declare an operator at least of this version, which its types demand."""
        code = self.model.operatorCodes[operator.opcodeIndex]
        operator.opcodeIndex = self._code(code.builtinCode, max(version, code.version))

    def pack(self) -> bytes:
        """Return the file's bytes, pruned and with a signature."""
        self._prune_tensors()
        self._prune_buffers()
        self._prune_codes()
        self._sign()
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), IDENTIFIER)
        return bytes(builder.Output())

    def _code(self, builtin: int, version: int) -> int:
        codes = self.model.operatorCodes
        for index, code in enumerate(codes):
            if (code.builtinCode, code.version) == (builtin, version):
                return index
        code = schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), version
        codes.append(code)
        return len(codes) - 1

    def _prune_tensors(self) -> None:
        lists = [self.body.inputs, self.body.outputs]
        lists += [side for one in self.body.operators for side in (one.inputs, one.outputs)]
        used = sorted({int(index) for side in lists for index in side if index >= 0})
        place = {old: new for new, old in enumerate(used)} | {-1: -1}
        self.body.tensors = [self.body.tensors[old] for old in used]
        self.body.inputs = _moved(self.body.inputs, place)
        self.body.outputs = _moved(self.body.outputs, place)
        for one in self.body.operators:
            one.inputs, one.outputs = _moved(one.inputs, place), _moved(one.outputs, place)

    def _prune_buffers(self) -> None:
        """Drop what nothing reads, the metadata of the old file too; buffer 0 stays empty by the schema."""
        self.model.metadata, self.model.metadataBuffer = None, None
        used = sorted({0} | {tensor.buffer for tensor in self.body.tensors})
        place = {old: new for new, old in enumerate(used)}
        self.model.buffers = [self.model.buffers[old] for old in used]
        for tensor in self.body.tensors:
            tensor.buffer = place[tensor.buffer]

    def _prune_codes(self) -> None:
        used = sorted({one.opcodeIndex for one in self.body.operators})
        place = {old: new for new, old in enumerate(used)}
        self.model.operatorCodes = [self.model.operatorCodes[old] for old in used]
        for one in self.body.operators:
            one.opcodeIndex = place[one.opcodeIndex]

    def _sign(self) -> None:
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
        signature.inputs = [_named(f"input_{i}", int(n)) for i, n in enumerate(self.body.inputs)]
        signature.outputs = [_named(f"output_{i}", int(n)) for i, n in enumerate(self.body.outputs)]
        self.model.signatureDefs = [signature]


def _moved(indices: Iterable[int], place: dict[int, int]) -> NDArray[np.int32]:
    return np.array([place[int(index)] for index in indices], np.int32)


def _named(name: str, index: int) -> Name:
    named: Name = schema.TensorMapT()
    named.name, named.tensorIndex = name.encode(), index
    return named
