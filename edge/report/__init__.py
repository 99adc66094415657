"""A recording of JSON lines as one self-contained page: timelines, who follows whom, lags, every measure."""

from edge.report.page import page
from edge.report.recording import Recording, load
from edge.report.verdicts import Meaning

__all__ = ["Meaning", "Recording", "load", "page"]
