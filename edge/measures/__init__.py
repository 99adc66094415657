"""The fourteen measures of how facial movements follow one another, each with its null."""

from edge.measures.panel import Measures
from edge.measures.table import BY_NAME, TABLE, Definition, enabled

__all__ = ["BY_NAME", "TABLE", "Definition", "Measures", "enabled"]
