"""What screens and pages call the states of a measure."""

STATE_WORDS = {
    "above": "above chance",
    "below": "below chance",
    "at_chance": "at chance",
    "insufficient": "not enough data",
}
DIRECTIONS = {"following_asymmetry": {"above": "{0} follows {1} more", "below": "{1} follows {0} more"}}
"""What a state away from chance means for a pair of a measure with a sign."""


def state_words(name: str, subject: tuple[int, ...], state: str) -> str:
    """Word the state of one subject; of a measure with a sign, which of two people follows the other."""
    words = DIRECTIONS.get(name, {}).get(state)
    if words is None or len(subject) != 2:
        return STATE_WORDS.get(state, state)
    return words.format(*subject)
