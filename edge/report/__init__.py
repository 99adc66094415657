"""A recording of JSON lines as one self-contained page, or as annotations for coding by hand."""

from edge.report.coding import PROGRAMS, annotations, written
from edge.report.page import page
from edge.report.recording import Recording, load
from edge.report.results import loaded
from edge.report.several import pages
from edge.report.verdicts import Meaning

__all__ = ["PROGRAMS", "Meaning", "Recording", "annotations", "load", "loaded", "page", "pages", "written"]
