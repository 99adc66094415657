"""Who follows whom only through somebody else is told apart from who follows directly."""

import numpy as np
import pytest

from tests.validate.drive import at_once
from tests.validate.gatherings import CHANNELS, Gathering, meet


def measured(answers, seed, people=3):
    """Return the timeliness of every directed pair of a meeting of ten minutes."""
    one = meet(Gathering(people=people, answers=answers, smiles_min=4.0, seed=seed))
    return {m.subject: m for m in at_once(one, CHANNELS, enabled=("response_timeliness",))}


@pytest.fixture(scope="module")
def chains():
    """Return six meetings in which 2 answers 1 and 3 answers 2, nine times in ten."""
    return [measured(((0, 1, 0.9, 0.7), (1, 2, 0.9, 0.7)), 40 + seed) for seed in range(6)]


def test_a_chain_is_direct_only_from_link_to_link(chains):
    """Both links are direct in every meeting; the ends go together, but not without the middle."""
    for link in ((1, 2), (2, 3)):
        assert all(one[link].extra["p_direct"] <= 0.05 for one in chains)
    assert np.mean([one[1, 3].p <= 0.05 for one in chains]) >= 0.5
    assert sum(one[1, 3].extra["p_direct"] <= 0.05 for one in chains) <= 1


def test_two_followers_of_one_person_are_both_direct():
    """That 2 often smiles before 3 does takes little from 3 who answers 1 as well."""
    stars = [measured(((0, 1, 0.7, 0.7), (0, 2, 0.7, 0.7)), 60 + seed) for seed in range(4)]
    assert all(one[pair].extra["p_direct"] <= 0.05 for one in stars for pair in ((1, 2), (1, 3)))


def test_of_two_people_nothing_is_indirect():
    """Where nobody else is there, there is no such figure."""
    alone = measured(((0, 1, 0.9, 0.7),), 3, people=2)
    assert "p_direct" not in alone[1, 2].extra
