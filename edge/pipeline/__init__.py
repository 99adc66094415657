"""The loop, the only module that knows the others: frames in, reports out."""

from edge.pipeline.engine import Engine
from edge.pipeline.stopwatch import Stopwatch

__all__ = ["Engine", "Stopwatch"]
