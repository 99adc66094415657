"""The TFLite runtimes: `ai_edge_litert` or its forerunner `tflite_runtime`, whichever is there and wanted.

In: a section and a model's bytes. Out: an object with the `Interpreter` interface. Only this module imports
them.
"""

import ctypes
import importlib
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from numpy.typing import NDArray

from edge.config.sections import TfliteSection
from edge.errors import ModelError

_log = logging.getLogger(__name__)

MODULES = {
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "tflite-runtime": "tflite_runtime.interpreter",
}
# What the bindings raise for files and delegates they refuse.
REFUSALS = (ValueError, RuntimeError, OSError, TypeError)
# How the runtime's own lines begin: "INFO: ...", "W0000 00:00:...".
MOST_CORES = 4  # that `threads: auto` takes
CHATTER = re.compile(r"(INFO|WARNING|ERROR|VERBOSE|FATAL): |[IWEF]\d{4} |WARNING: All log messages")
_turned_aside = threading.Lock()


class Interpreter(Protocol):
    """What is used of the `Interpreter` of either runtime."""

    def allocate_tensors(self) -> None:
        """Plan the memory of the graph."""

    def get_input_details(self) -> list[dict[str, Any]]:
        """Index, shape, type and quantisation of each input."""

    def get_output_details(self) -> list[dict[str, Any]]:
        """Index, shape, type and quantisation of each output."""

    def set_tensor(self, index: int, value: NDArray[Any]) -> None:
        """Copy numbers in."""

    def get_tensor(self, index: int) -> NDArray[Any]:
        """Copy numbers out."""

    def invoke(self) -> None:
        """Run the graph."""


def runtime(section: TfliteSection) -> ModuleType:
    """Import the configured runtime; `auto` takes the maintained one first."""
    wanted = list(MODULES) if section.runtime == "auto" else [section.runtime]
    for name in wanted:
        try:
            return importlib.import_module(MODULES[name])
        except ImportError as exc:
            _log.debug("runtime %s cannot be imported: %s", name, exc)
    names = " or ".join(wanted)
    raise ModelError(f"expected a TFLite runtime ({names}), got none; run `pip install ai-edge-litert`")


def installed(section: TfliteSection) -> str:
    """Return the name of the runtime that `runtime` imports."""
    module = runtime(section).__name__
    return next(name for name, known in MODULES.items() if known == module)


def cores(section: TfliteSection) -> int:
    """Return how many cores the models use at the same time."""
    if section.threads != "auto":
        return section.threads
    return min(MOST_CORES, len(os.sched_getaffinity(0)))


def cpu(section: TfliteSection, content: bytes, where: Path) -> Interpreter:
    """Return an allocated interpreter on XNNPACK with the configured threads."""
    module = runtime(section)
    try:
        with quiet():
            interpreter: Interpreter = module.Interpreter(model_content=content, num_threads=cores(section))
            interpreter.allocate_tensors()
    except REFUSALS as exc:
        raise ModelError(f"expected a TFLite model, got '{reason(exc)}' at {where}") from exc
    return interpreter


def delegated(section: TfliteSection, content: bytes) -> Interpreter:
    """Return an allocated interpreter whose graph went through the configured external delegate.

    Raises
    ------
    ModelError : the library is missing, is no delegate, or refuses the graph.
    """
    path = Path(section.delegate).expanduser()
    if not path.is_file():
        raise ModelError(f"expected a delegate library, got no such file '{path}' at tflite.delegate")
    module = runtime(section)
    try:
        _check_library(path)
        delegate = module.load_delegate(str(path), dict(section.delegate_options))
        interpreter: Interpreter = module.Interpreter(
            model_content=content, num_threads=cores(section), experimental_delegates=[delegate]
        )
        interpreter.allocate_tensors()
    except (*REFUSALS, AttributeError) as exc:
        raise ModelError(
            f"expected a working delegate, got '{reason(exc)}' at tflite.delegate: {path}"
        ) from exc
    return interpreter


def _check_library(path: Path) -> None:
    """Refuse what is no delegate before the runtime half-builds an object around it."""
    library = ctypes.CDLL(str(path))
    for name in ("tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate"):
        if not hasattr(library, name):
            raise ModelError(f"expected the function {name}, got none at tflite.delegate: {path}")


def reason(exc: Exception) -> str:
    """Return the telling line of a runtime's message."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    return lines[-1] if lines else exc.__class__.__name__


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Keep the runtime's messages off stderr; the list holds them afterwards.

    The runtime writes to file descriptor 2 itself, which belongs to the whole process: one caller at a time
    turns it aside, and what other threads wrote to `sys.stderr` meanwhile is handed on when it is back.
    """
    said: list[str] = []
    with _turned_aside, tempfile.TemporaryFile() as sink:
        keep = os.dup(2)
        try:
            os.dup2(sink.fileno(), 2)
            yield said
        finally:
            os.dup2(keep, 2)
            os.close(keep)
            sys.stderr.flush()  # waits for a write under way, which still goes to the sink
            sink.seek(0)
            lines = sink.read().decode(errors="replace").splitlines(keepends=True)
            for line in lines:
                if not CHATTER.match(line):
                    os.write(2, line.encode())
            said += [line.rstrip("\n") for line in lines if CHATTER.match(line)]
            _log.debug("%s", "; ".join(said))
