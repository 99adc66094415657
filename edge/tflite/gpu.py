"""LiteRT's CompiledModel on the GPU accelerator (WebGPU over Vulkan).

A graphics driver may end the process that loads it, so a process of its own tries every model first.
"""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.tflite.runtime import REFUSALS, quiet, reason

# A slow driver compiles its shaders for a minute; the kept ones take a second.
REHEARSAL_S = 120.0
REHEARSAL = """
import sys
from ai_edge_litert.compiled_model import CompiledModel, HardwareAccelerator
model = CompiledModel.from_file(sys.argv[1], HardwareAccelerator.GPU)
model.run_by_index(0, model.create_input_buffers(0), model.create_output_buffers(0))
"""

Tensor = NDArray[np.float32]
Shape = tuple[int, ...]


class Buffer(Protocol):
    """What is used of a tensor in the GPU's memory."""

    def get_tensor_details(self) -> dict[str, Any]:
        """Shape and type."""

    def write(self, values: Tensor, /) -> None:
        """Copy numbers in."""

    def read(self, count: int, dtype: type[np.float32], /) -> Tensor:
        """Copy numbers out."""


class Graph(Protocol):
    """What is used of LiteRT's `CompiledModel`."""

    def create_input_buffers(self, signature: int, /) -> list[Buffer]:
        """Make room for the inputs."""

    def create_output_buffers(self, signature: int, /) -> list[Buffer]:
        """Make room for the outputs."""

    def run_by_index(self, signature: int, inputs: list[Buffer], outputs: list[Buffer], /) -> None:
        """Run the graph."""


class Compiled:
    """A float model compiled for the GPU.

    Raises
    ------
    ModelError : no such runtime, no GPU it can use, or other shapes than expected.
    """

    def __init__(
        self, content: bytes, input_shape: Shape, output_shapes: tuple[Shape, ...], path: Path
    ) -> None:
        rehearse(path)
        said: list[str] = []
        try:
            with quiet() as said:
                self._model = _compile(content)
                self._inputs = self._model.create_input_buffers(0)
                self._buffers = self._model.create_output_buffers(0)
        except (ImportError, *REFUSALS) as exc:
            raise _no_gpu(_cause(said, reason(exc))) from exc
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


def rehearse(path: Path, program: str = REHEARSAL, limit_s: float = REHEARSAL_S) -> None:
    """Load and run the model in a process that may crash or hang; raise ModelError when it does."""
    command = [sys.executable, "-c", program, str(path)]
    try:
        done = subprocess.run(  # noqa: S603 - fixed text
            command, check=False, capture_output=True, text=True, errors="replace", timeout=limit_s
        )
    except subprocess.TimeoutExpired as exc:
        raise _no_gpu(f"no answer in {limit_s:.0f} s") from exc
    except OSError as exc:
        raise _no_gpu(reason(exc)) from exc
    if done.returncode < 0:
        raise _no_gpu(f"a driver that ends by signal {-done.returncode}")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise _no_gpu(_cause(lines, lines[-1].split(": ", 1)[-1]))


def _no_gpu(cause: str) -> ModelError:
    return ModelError(f"expected a GPU for LiteRT, got '{cause}' at tflite.accelerator: gpu")


def _compile(content: bytes) -> Graph:
    compiled = importlib.import_module("ai_edge_litert.compiled_model")
    graph: Graph = compiled.CompiledModel.from_buffer(content, compiled.HardwareAccelerator.GPU)
    return graph


def _size(buffer: Buffer) -> int:
    return int(np.prod(buffer.get_tensor_details()["shape"]))


def _cause(said: list[str], otherwise: str) -> str:
    """Return the runtime's own first error line: its exception names a source line only."""
    errors = [line.split("] ", 1)[-1] for line in said if line.startswith("ERROR")]
    return errors[0].strip() if errors else otherwise
