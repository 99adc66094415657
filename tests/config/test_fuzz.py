"""The short form of `make fuzz`."""

from tests.config.fuzz import PROMISES, RANGE, fuzz


def test_mutated_configurations():
    """A thousand mutated files: never a traceback, never a value outside its documented range."""
    assert fuzz(1000, seed=2) > 20


def test_the_oracle_knows_the_ranges():
    """The oracle found a documented range for most of the numbers, so that it can catch something."""
    assert len(PROMISES) > 60
    assert sum(RANGE.search(promise) is not None for promise in PROMISES.values()) > 35
