"""mimicry-edge: a live expression-timing meter for meeting rooms.

From Python: `signals` turns a recording into a `Table`, `read` reads one from a file, `correlate` relates two
series, `measure` computes the fourteen measures, `report` draws a page, and `Hub` follows devices live.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.api import measure, report, signals
    from edge.errors import EdgeError
    from edge.hub import Hub
    from edge.records import Measure
    from edge.tables import Table, read
    from edge.windows import Windows, correlate

__version__ = "0.1.0"
__all__ = [
    "EdgeError",
    "Hub",
    "Measure",
    "Table",
    "Windows",
    "__version__",
    "correlate",
    "measure",
    "read",
    "report",
    "signals",
]
_HOMES = {
    "edge.api": ("measure", "report", "signals"),
    "edge.errors": ("EdgeError",),
    "edge.hub": ("Hub",),
    "edge.records": ("Measure",),
    "edge.tables": ("Table", "read"),
    "edge.windows": ("Windows", "correlate"),
}

if not TYPE_CHECKING:  # a type checker reads the imports above and knows that there are no other names

    def __getattr__(name: str) -> object:
        """Load a public name when it is first asked for."""
        for home, names in _HOMES.items():
            if name in names:
                globals()[name] = getattr(import_module(home), name)
                return globals()[name]
        raise AttributeError(f"module 'edge' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
