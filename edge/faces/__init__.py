"""Frames to tracked faces with a stable number for each person of a meeting."""

from edge.faces.tracker import FaceTracker

__all__ = ["FaceTracker"]
