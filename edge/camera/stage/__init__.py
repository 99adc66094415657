"""The synthetic stage: a scripted scene with real texture and exact truth, deterministic by seed."""

from edge.camera.stage.behaviour import simulate
from edge.camera.stage.reading import load_script
from edge.camera.stage.script import CHANNELS, Script
from edge.camera.stage.stage import Stage, open_section
from edge.camera.stage.truth import Geometry, Movement, Truth, write_truth

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
