"""What screens and pages call the states of a measure."""

from typing import Literal

STATE_WORDS = {
    "above": "above chance",
    "below": "below chance",
    "at_chance": "at chance",
    "insufficient": "not enough data",
}

Condition = Literal["measuring", "nobody", "unmeasurable", "hub_away", "deaf", "degraded", "safe", "muted"]
"""What a device is doing, from the mildest to the gravest."""
