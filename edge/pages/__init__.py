"""A recording of JSON lines as one self-contained page: timelines, who follows whom, lags, every measure."""

from edge.pages.page import page
from edge.pages.recording import Recording, load
from edge.pages.verdicts import Meaning

__all__ = ["Meaning", "Recording", "load", "page"]
