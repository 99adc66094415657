"""The short form of `python -m tests.config.starts`."""

from tests.config.starts import assembled


def test_what_validate_accepts_starts():
    """A hundred accepted configurations: the service and its measures are assembled and fed, none raises."""
    assert assembled(100, seed=3) == 100
