"""What screens and pages call the states of a measure."""

STATE_WORDS = {
    "above": "above chance",
    "below": "below chance",
    "at_chance": "at chance",
    "insufficient": "not enough data",
}
