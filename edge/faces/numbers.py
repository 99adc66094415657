"""Person numbers of one meeting: drawn at random, never an identity, one for each person of all cameras."""

import random

NUMBERS = range(1, 1000)


class Numbers:
    """Hands out numbers; the longest unused comes round again."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - numbers, not secrets
        self.begin()

    def begin(self) -> None:
        """Begin a meeting: draw the order of the numbers again."""
        self._order = self._random.sample(NUMBERS, len(NUMBERS))

    def draw(self) -> int:
        """Return a number that nobody has now."""
        number = self._order.pop()
        self._order.insert(0, number)
        return number
