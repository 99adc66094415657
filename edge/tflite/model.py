"""One model on one accelerator, with the CPU behind it.

In: a verified file, the section, the shapes the caller relies on. Out: float tensors in reused buffers. An
accelerator that is missing, wrong or dies gives way to the CPU within the same call; `degraded` has the
reason.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.arrays import overwrite
from edge.config.sections import TfliteSection
from edge.errors import ModelError
from edge.tflite import manifest
from edge.tflite.runtime import REFUSALS, Interpreter, cpu, delegated, reason

_log = logging.getLogger(__name__)

# An accelerator may round (fp16, int8) but must not compute something else: mean |difference| on the probe,
# as a share of the largest output.
PROBE_TOLERANCE = 0.02

Tensor = NDArray[np.float32]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """What the caller relies on; the outputs are returned in this order."""

    input: Shape
    """Shape of the one input."""
    outputs: tuple[Shape, ...]
    """Shapes of the outputs, all different."""


class Backend(Protocol):
    """Something that runs the graph."""

    def run(self, tensor: Tensor, outputs: list[Tensor]) -> None:
        """Run the graph on `tensor` and fill `outputs` in place."""


class Model:
    """One model file, checked, loaded and ready; `input` is the buffer to fill before `run`.

    Raises
    ------
    ModelError : unknown or wrong hash, not a model, or other shapes than expected.
    """

    def __init__(
        self,
        path: Path,
        section: TfliteSection,
        shapes: Shapes,
        *,
        content: tuple[bytes, str] | None = None,
    ) -> None:
        self._content, self.sha256 = content or manifest.read(path)
        self.input: Tensor = np.zeros(shapes.input, np.float32)
        self.degraded = ""
        self._path = path
        self._section = section
        self._shapes = shapes
        self._outputs: list[Tensor] = [np.zeros(shape, np.float32) for shape in shapes.outputs]
        self._cpu: Backend | None = None
        self._backend = self._accelerated() if section.accelerator != "cpu" else self._on_cpu()

    @property
    def accelerator(self) -> str:
        """What runs the graph now: `cpu`, `delegate` or `gpu`."""
        return "cpu" if self._backend is self._cpu else self._section.accelerator

    @property
    def name(self) -> str:
        """The model's name, for example `face_landmark`."""
        return self._path.stem

    @property
    def variant(self) -> str:
        """The variant's name, for example `int8-mixed`."""
        return self._path.parent.name

    def run(self) -> list[Tensor]:
        """Run the graph on `input`; the returned buffers are overwritten by the next call."""
        try:
            self._backend.run(self.input, self._outputs)
        except REFUSALS as exc:
            if self._backend is self._cpu:
                raise ModelError(f"expected the graph to run, got '{reason(exc)}' at {self._path}") from exc
            self._give_way(f"{self._section.accelerator} failed: {reason(exc)}")
            self._backend.run(self.input, self._outputs)
        return self._outputs

    def twin(self, threads: int) -> "Model":
        """Return another instance of the same graph on the CPU, for another thread."""
        section = replace(self._section, accelerator="cpu", threads=threads)
        return Model(self._path, section, self._shapes, content=(self._content, self.sha256))

    def wipe(self) -> None:
        """Overwrite the last picture and what the runtime made of it (mute)."""
        self.input.fill(0)
        overwrite(*self.run())

    def _on_cpu(self) -> Backend:
        if self._cpu is None:
            interpreter = cpu(self._section, self._content, self._path)
            self._cpu = _Interpreter(interpreter, self._shapes, self._path)
        return self._cpu

    def _accelerated(self) -> Backend:
        """Return the accelerator's backend after a probe against the CPU, or the CPU's."""
        reference = self._on_cpu()
        try:
            backend = self._accelerator()
            self._probe(backend, reference)
        except (ModelError, *REFUSALS) as exc:
            self._degrade(reason(exc))
            return reference
        return backend

    def _accelerator(self) -> Backend:
        if self._section.accelerator == "gpu":
            from edge.tflite.gpu import Compiled  # noqa: PLC0415 - pulls in the GPU runtime

            return Compiled(self._content, self._shapes.input, self._shapes.outputs, self._path)
        return _Interpreter(delegated(self._section, self._content), self._shapes, self._path)

    def _probe(self, backend: Backend, reference: Backend) -> None:
        """Compare the accelerator with the CPU on one fixed picture."""
        probe = np.random.default_rng(0).random(self._shapes.input, np.float32)
        expected = [np.zeros_like(output) for output in self._outputs]
        reference.run(probe, expected)
        backend.run(probe, self._outputs)
        for want, got in zip(expected, self._outputs, strict=True):
            error = float(np.abs(got - want).mean() / max(1.0, float(np.abs(want).max())))
            if not error <= PROBE_TOLERANCE:
                raise ModelError(f"expected the CPU's output within {PROBE_TOLERANCE}, got {error:.3g}")

    def _give_way(self, why: str) -> None:
        self._backend = self._on_cpu()
        self._degrade(why)

    def _degrade(self, why: str) -> None:
        self.degraded = why
        _log.warning("%s runs on the CPU: %s", self._path.name, why)


class _Interpreter:
    """The `Interpreter` of either runtime, quantised or float at its ends."""

    def __init__(self, interpreter: Interpreter, shapes: Shapes, path: Path) -> None:
        inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
        found = ([_shape(one) for one in inputs], sorted(_shape(one) for one in outputs))
        wanted = ([shapes.input], sorted(shapes.outputs))
        if found != wanted:
            raise ModelError(f"expected shapes {wanted}, got {found} at {path}")
        self._interpreter = interpreter
        self._input = inputs[0]
        self._outputs = [next(one for one in outputs if _shape(one) == shape) for shape in shapes.outputs]

    def run(self, tensor: Tensor, outputs: list[Tensor]) -> None:
        """Quantise in, invoke, dequantise out."""
        self._interpreter.set_tensor(self._input["index"], _quantised(tensor, self._input))
        self._interpreter.invoke()
        for detail, output in zip(self._outputs, outputs, strict=True):
            _dequantise(self._interpreter.get_tensor(detail["index"]), detail, output)


def _shape(detail: dict[str, Any]) -> Shape:
    return tuple(int(n) for n in detail["shape"])


def _quantised(tensor: Tensor, detail: dict[str, Any]) -> NDArray[Any]:
    if detail["dtype"] == np.float32:
        return tensor
    scale, zero = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    levels: NDArray[Any] = np.clip(np.rint(tensor / scale) + zero, limits.min, limits.max)
    return levels.astype(detail["dtype"])


def _dequantise(got: NDArray[Any], detail: dict[str, Any], output: Tensor) -> None:
    if detail["dtype"] == np.float32:
        output[:] = got
    else:
        scale, zero = detail["quantization"]
        np.multiply(got.astype(np.float32) - zero, scale, out=output, casting="same_kind")
