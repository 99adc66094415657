"""A recording of JSON lines as one self-contained page, or as annotations for coding by hand."""

from edge.reporting.coding import PROGRAMS, annotations, written
from edge.reporting.lines import load
from edge.reporting.names import Names, name
from edge.reporting.page import page
from edge.reporting.recording import Recording
from edge.reporting.results import loaded
from edge.reporting.several import pages
from edge.reporting.verdicts import Meaning

__all__ = [
    "PROGRAMS",
    "Meaning",
    "Names",
    "Recording",
    "annotations",
    "load",
    "loaded",
    "name",
    "page",
    "pages",
    "written",
]
