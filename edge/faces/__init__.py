"""Frames to tracked faces with a stable number for each person of a meeting."""

from edge.faces.tracker import FaceTracker
from edge.faces.upright import hanging_deg

__all__ = ["FaceTracker", "hanging_deg"]
