"""Onset, apex and offset of brief and of longer movements in every channel, from streamed signals."""

from edge.events.spotter import Spotter
from edge.events.tape import SPOTTED

__all__ = ["SPOTTED", "Spotter"]
