"""The classes of the TFLite schema, imported whole, and the fields that are used here of those it generates.

The generated module has an `except:` around an import at each of its 150 classes. An interrupt that came just
then would be swallowed and the command go on: signals wait until the import is over.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep SIGINT and SIGTERM until the end; only the main thread gets any."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {
        number: signal.signal(number, lambda one, _: came.append(one))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for first in came[:1]:
            signal.raise_signal(first)


with undisturbed():
    from ai_edge_litert import schema_py_generated as schema

__all__ = ["Axis", "Indices", "Name", "Operator", "Quantization", "Tensor", "schema", "undisturbed"]


class Indices(Protocol):
    """A vector of one of several integer types."""

    values: NDArray[np.integer[Any]]


class Axis(Protocol):
    """One axis of a sparse tensor (`DimensionMetadataT`)."""

    format: int
    denseSize: int
    arraySegments: Indices
    arrayIndices: Indices


class Quantization(Protocol):
    """Scale and zero point, one or one a channel (`QuantizationParametersT`)."""

    scale: NDArray[np.float32]
    zeroPoint: NDArray[np.int64]
    quantizedDimension: int


class Tensor(Protocol):
    """Entry of a tensor (`TensorT`)."""

    name: bytes
    type: int
    buffer: int
    shape: NDArray[np.int32]
    quantization: Quantization
    sparsity: Any
    """`SparsityParametersT`, or None for a dense tensor."""


class Operator(Protocol):
    """Entry of an operator (`OperatorT`)."""

    opcodeIndex: int
    inputs: NDArray[np.int32]
    outputs: NDArray[np.int32]
    builtinOptions: Any
    """One class for each kind of operator."""
    builtinOptionsType: int


class Name(Protocol):
    """A tensor's name in a signature (`TensorMapT`)."""

    name: bytes
    tensorIndex: int
