"""What a script plants: movements, copies, shared moments; no pictures."""

import numpy as np

from edge.stage import simulate

PEOPLE = """
seconds: 300
seed: 11
people:
  - {portrait: astronaut, position: [0.2, 0.45]}
  - {portrait: hopper, position: [0.5, 0.42]}
  - {portrait: astronaut, variant: mirror-blue, position: [0.8, 0.45]}
behaviour:
  own:
    - {channels: [AU12, AU06], per_minute: 6}
"""
MIMICRY = (
    PEOPLE
    + """
  mimicry:
    - {leader: 0, follower: 1, channels: [AU12], probability: 0.75, delay_s: {mean: 0.7, sd: 0.1}}
"""
)


def test_same_seed_same_behaviour():
    """The same script gives the same movements and amplitudes, another seed gives others."""
    first, again = simulate(MIMICRY), simulate(MIMICRY)
    other = simulate(MIMICRY.replace("seed: 11", "seed: 12"))
    assert first.movements == again.movements
    np.testing.assert_array_equal(first.amplitude, again.amplitude)
    assert first.movements != other.movements


def test_mimicry_copies_the_leader_after_the_planted_delay():
    """Copies follow a share of the leader's smiles by the planted delay, and nobody else copies."""
    truth = simulate(MIMICRY)
    by_id = {one.id: one for one in truth.movements}
    leaders = [one for one in truth.movements if one.person == 0 and one.channel == "AU12"]
    copies = [one for one in truth.movements if one.cause == "mimic"]
    delays_s = [one.onset_s - by_id[one.source].onset_s for one in copies]
    assert {(one.person, one.channel) for one in copies} == {(1, "AU12")}
    assert {by_id[one.source].person for one in copies} == {0}
    assert 0.55 <= len(copies) / len(leaders) <= 0.95
    assert abs(np.mean(delays_s) - 0.7) < 0.1
    assert np.min(delays_s) >= 0.05


def test_a_rule_more_changes_nobody_else():
    """Planting mimicry leaves everybody's own movements as they were."""
    own = [(m.person, m.channel, m.onset_s) for m in simulate(PEOPLE).movements]
    kept = [(m.person, m.channel, m.onset_s) for m in simulate(MIMICRY).movements if m.cause == "own"]
    assert kept == own
