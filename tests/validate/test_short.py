"""The validation in small: real unrelated people are not coupled, planted answers are found."""

import pytest

from tests.validate import false_positives, power
from tests.validate.data import DYADS


@pytest.mark.slow
@pytest.mark.skipif(not DYADS.exists(), reason="needs the recordings of ../shared/data")
def test_unrelated_people_are_not_coupled():
    """Over ten pseudo-dyads at most 5 % of all testable results are `above`, at most 10 % have p <= .05."""
    count = false_positives.pseudo(limit=10)
    tested = sum(count.testable.values())
    assert tested >= 120
    assert sum(count.above.values()) <= 0.05 * tested
    assert sum(count.small.values()) <= 0.10 * tested


@pytest.mark.slow
def test_planted_answers_are_found():
    """Answers to 40 % of the smiles over 10 min are found by synchrony and by timeliness in every run."""
    names = ("expression_synchrony", "response_timeliness")
    assert power.power(4, 10.0, 0.4, brief=False, enabled=names) == dict.fromkeys(names, 1.0)
