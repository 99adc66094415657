"""Frames to tracked faces with a stable number for each person of a meeting."""

from edge.faces.numbers import Numbers
from edge.faces.tracker import FaceTracker
from edge.faces.upright import hanging_deg

__all__ = ["FaceTracker", "Numbers", "hanging_deg"]
