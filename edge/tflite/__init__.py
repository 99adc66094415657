"""Runtime, delegates and model files: everything between a path and a tensor."""

from edge.tflite.choice import load
from edge.tflite.model import Model, Shapes

__all__ = ["Model", "Shapes", "load"]
