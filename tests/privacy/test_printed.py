"""What `replay` prints of single people beside the messages: none at the workplace, none while muted."""

from dataclasses import replace

import pytest

from edge.config.sections import PrivacySection
from edge.privacy import Door
from edge.records import Measure, Null

PAIR = Measure(
    name="expression_synchrony",
    subject=(3, 7),
    t_ns=1,
    value=0.5,
    unit="fisher_z",
    null=Null(mu=0.2, sd=0.1, draws=(0.123456789, 0.3)),
)
MEASURES = (
    PAIR,
    replace(PAIR, name="none", null=None),
    replace(PAIR, name="empty", null=Null(mu=0.2, sd=0.1)),
)


@pytest.mark.parametrize(
    ("profile", "muted", "shown"),
    [
        ("research", False, True),
        ("personal", False, True),
        ("research", True, False),
        ("workplace", False, False),
    ],
)
def test_numbers_and_draws_are_person_level(profile, muted, shown):
    """Numbers of people keep their order; a null with draws is printed with five digits of each."""
    door = Door(PrivacySection(profile=profile), muted=lambda: muted, consent=lambda: True)
    assert door.people(iter((7, 3))) == ([7, 3] if shown else [])
    line = {"name": "expression_synchrony", "subject": [3, 7], "draws": [0.12346, 0.3]}
    assert list(door.nulls(MEASURES)) == ([line] if shown else [])
