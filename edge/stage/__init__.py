"""The synthetic stage: a scripted scene with real texture and exact truth, deterministic by seed."""

from edge.stage.behaviour import simulate
from edge.stage.reading import load_script
from edge.stage.script import CHANNELS, Script
from edge.stage.stage import Stage, open_section
from edge.stage.truth import Geometry, Movement, Truth, write_truth

__all__ = [
    "CHANNELS",
    "Geometry",
    "Movement",
    "Script",
    "Stage",
    "Truth",
    "load_script",
    "open_section",
    "simulate",
    "write_truth",
]
