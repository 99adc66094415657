"""mimicry-edge: a live expression-timing meter for meeting rooms."""

__version__ = "0.1.0"
