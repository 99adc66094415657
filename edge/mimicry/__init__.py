"""People and pairs come and go: signals onto a uniform grid, through the correlator, out as ticks."""

from edge.mimicry.mimicry import Mimicry

__all__ = ["Mimicry"]
