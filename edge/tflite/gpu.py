"""LiteRT's CompiledModel on the GPU accelerator (WebGPU over Vulkan)."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.tflite.runtime import REFUSALS, quiet, reason

Tensor = NDArray[np.float32]
Shape = tuple[int, ...]


class Compiled:
    """A float model compiled for the GPU.

    Raises
    ------
    ModelError : no such runtime, no GPU it can use, or other shapes than expected.
    """

    def __init__(
        self, content: bytes, input_shape: Shape, output_shapes: tuple[Shape, ...], path: Path
    ) -> None:
        said: list[str] = []
        try:
            with quiet() as said:
                self._model = _compile(content)
                self._inputs = self._model.create_input_buffers(0)
                self._buffers = self._model.create_output_buffers(0)
        except (ImportError, *REFUSALS) as exc:
            raise ModelError(
                f"expected a GPU for LiteRT, got '{_cause(said, exc)}' at tflite.accelerator: gpu"
            ) from exc
        found = [_size(buffer) for buffer in self._buffers]
        wanted = [int(np.prod(shape)) for shape in output_shapes]
        if sorted(found) != sorted(wanted) or _size(self._inputs[0]) != int(np.prod(input_shape)):
            raise ModelError(f"expected outputs of {wanted} numbers, got {found} at {path}")
        self._order = [found.index(size) for size in wanted]

    def run(self, tensor: Tensor, outputs: list[Tensor]) -> None:
        """Copy in, run, copy out."""
        self._inputs[0].write(tensor.reshape(-1))
        self._model.run_by_index(0, self._inputs, self._buffers)
        for place, output in zip(self._order, outputs, strict=True):
            output[:] = self._buffers[place].read(output.size, np.float32).reshape(output.shape)


def _compile(content: bytes) -> Any:  # noqa: ANN401 - untyped bindings
    compiled = importlib.import_module("ai_edge_litert.compiled_model")
    return compiled.CompiledModel.from_buffer(content, compiled.HardwareAccelerator.GPU)


def _size(buffer: Any) -> int:  # noqa: ANN401 - untyped bindings
    return int(np.prod(buffer.get_tensor_details()["shape"]))


def _cause(said: list[str], exc: Exception) -> str:
    """Return the runtime's own first error line: its exception names a source line only."""
    errors = [line.split("] ", 1)[-1] for line in said if line.startswith("ERROR")]
    return errors[0].strip() if errors else reason(exc)
