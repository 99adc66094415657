"""Onset, apex and offset of brief and of longer movements in every channel, from streamed signals."""

from edge.events.spotter import SPOTTED, Spotter

__all__ = ["SPOTTED", "Spotter"]
