"""A recording of JSON lines as one self-contained page, or as annotations for coding by hand."""

from edge.pages.coding import PROGRAMS, annotations, written
from edge.pages.page import page
from edge.pages.recording import Recording, load
from edge.pages.results import loaded
from edge.pages.several import pages
from edge.pages.verdicts import Meaning

__all__ = ["PROGRAMS", "Meaning", "Recording", "annotations", "load", "loaded", "page", "pages", "written"]
