"""The loop and the only room that knows the others: frames in, reports out."""

from edge.pipeline.engine import Engine
from edge.pipeline.stopwatch import Stopwatch

__all__ = ["Engine", "Stopwatch"]
