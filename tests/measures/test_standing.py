"""From bets to what is said live: the room is the mean of its pairs, levels hold over a family."""

import math
from dataclasses import replace

import numpy as np
import pytest

from edge.evidence.fading import Tally
from edge.measures.conclude import conclude
from edge.measures.findings import NO_DRAWS, Finding
from edge.measures.ledger import Account, Ledger
from edge.measures.standing import ENTER_NOW, Standing, Standings
from edge.measures.table import BY_NAME
from edge.measures.verdict import judge

CELL_NS = 10 * 10**9
ALPHA = 0.05


def ledger(**looks):
    """Return a ledger in which each measure's subjects had looks of these (above, below) e-values, ln."""
    found = Ledger(frozenset())
    for name, subjects in looks.items():
        for subject, course in subjects.items():
            account = found.accounts[name, subject] = Account(1)
            for k, (above, below) in enumerate(course):
                account.update(np.array([above]), np.array([below]), k * CELL_NS, (k + 1) * CELL_NS)
    found.version += 1
    return found


def standings(found):
    """Return what stands after one update."""
    one = Standings(ALPHA)
    one.update(found)
    return one


def bans(*log_e):
    """Evidence of the mean of e-values, log10."""
    return math.log10(np.mean(np.exp(log_e)))


def wealth(above, n=1):
    """Ln E of one effect after n such looks of 10 s: the mean over horizons, by the definition."""
    found = []
    for horizon_s in (60.0, 180.0, 600.0, math.inf):
        kept, share, total = math.exp(-10.0 / horizon_s), np.array([0.5, 0.5]), 1.0
        for _ in range(n):
            paid = share * [math.exp(above), 1.0]
            total, share = total * paid.sum(), kept * paid / paid.sum() + (1 - kept) / 2
        found.append(total)
    return math.log(np.mean(found))


STRONG, NONE, AGAINST = [(3.0, -3.0)] * 4, [(0.0, 0.0)] * 4, [(-3.0, 3.0)] * 4


def test_live_the_state_is_what_is_under_way():
    """A pair with evidence is above although its p is not, one without is at chance although its p is not."""
    one = standings(ledger(expression_synchrony={(1, 2): STRONG, (1, 3): NONE}))
    above, chance = (one.live(("expression_synchrony", pair)) for pair in ((1, 2), (1, 3)))
    assert (above.state, chance.state) == ("above", "at_chance")
    assert above.span_ns == (0, 4 * CELL_NS)
    assert chance.span_ns is None
    assert above.evidence == pytest.approx(bans(wealth(3.0, 4)))
    assert chance.evidence == pytest.approx(0.0)


def test_what_is_unknown_has_no_evidence():
    """A pair on which nobody bet is at chance; what is noted of a recording has no state of its own."""
    one = standings(ledger(expression_synchrony={(1, 2): STRONG}))
    assert one.live(("expression_synchrony", (4, 5))) == Standing(None, None, "at_chance")
    noted = one.noted(("expression_synchrony", (1, 2)))
    assert (noted.state, noted.span_ns) == (None, (0, 4 * CELL_NS))


def test_the_record_has_the_state_of_its_evidence():
    """Live the evidence decides for what has a verdict; what cannot be tested or measured keeps its state."""
    rng = np.random.default_rng(7)
    far = Finding(name="response_pull", subject=(1, 2), t_ns=0, value=9.0, draws=rng.normal(size=39))
    findings = (
        far,
        replace(far, draws=far.draws[:5]),
        replace(far, name="expressivity_calibration", draws=NO_DRAWS),
    )
    judged = [judge(one) for one in findings]
    for state, expected in (("at_chance", "at_chance"), (None, "above")):
        stands = Standing(1.5, (0, CELL_NS), state)
        found = conclude(judged, BY_NAME, alpha=ALPHA, fdr_q=0.1, stands=lambda _, one=stands: one)
        assert [one.state for one in found] == [expected, "insufficient", "at_chance"]
        assert {(one.evidence, one.span_ns) for one in found} == {(1.5, (0, CELL_NS))}


def test_the_room_and_a_person_are_the_means_of_their_pairs():
    """Of three people the room's evidence is the mean e-value of all pairs, a person's that of their own."""
    pairs = {(1, 2): [(2.0, 0.0)], (1, 3): [(1.0, 0.0)], (2, 3): NONE[:1]}
    one = standings(ledger(expression_synchrony=pairs, response_pull=pairs))
    for name in ("expression_synchrony", "response_pull"):
        assert one.evidence[name, ()] == pytest.approx(bans(wealth(2.0), wealth(1.0), 0.0))
    assert one.evidence["response_pull", (1,)] == pytest.approx(bans(wealth(2.0), wealth(1.0)))
    assert ("expression_synchrony", (1,)) not in one.evidence
    two = standings(ledger(expression_synchrony={(1, 2): STRONG}))
    assert ("expression_synchrony", ()) not in two.evidence


def test_a_sign_stands_for_either_direction():
    """A signed measure's evidence is that of both directions, its state the one; the room's has no sign."""
    pairs = {(1, 2): AGAINST, (1, 3): NONE, (2, 3): NONE}
    one = standings(ledger(following_asymmetry=pairs))
    pair = one.live(("following_asymmetry", (1, 2)))
    assert pair.state == "below"
    assert pair.evidence == pytest.approx(bans(wealth(3.0, 4), wealth(-3.0, 4)))
    room = one.live(("following_asymmetry", ()))
    assert room.state == "above"
    assert room.evidence == pytest.approx(bans(*[wealth(3.0, 4), wealth(-3.0, 4)], 0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize(("more", "state"), [(0.01, "above"), (-0.01, "at_chance")])
def test_the_detector_enters_at_a_level_that_grows_with_the_family(more, state):
    """Among three pairs one is under way once its detector exceeds three times what a single one must."""
    enough = math.log(3 * ENTER_NOW) + more
    pairs = {(1, 2): [(-9.0, 0.0)] * 40 + [(enough, 0.0)], (1, 3): NONE, (2, 3): NONE}
    one = standings(ledger(coupling_loop=pairs))
    assert one.live(("coupling_loop", (1, 2))).state == state


@pytest.mark.parametrize(("more", "state"), [(0.01, "above"), (-0.01, "at_chance")])
def test_a_room_is_asked_for_twice_the_level(more, state):
    """The only room of a family is under way once its detector exceeds twice what a single pair must."""
    course = [(-9.0, 0.0)] * 40 + [(math.log(2 * ENTER_NOW) + more, 0.0)]
    one = standings(ledger(group_phase_coherence={(): course}))
    assert one.live(("group_phase_coherence", ())).state == state


def test_missing_answers_end_what_a_pair_does():
    """A pair whose answers stay away is at chance again, although its detector stands where it stood."""
    found = ledger(response_timeliness={(1, 2): STRONG})
    account = found.accounts["response_timeliness", (1, 2)]
    account.count(Tally(8, 8, 0.1))
    one = standings(found)
    assert one.live(("response_timeliness", (1, 2))).state == "above"
    account.count(Tally(4, 0, 0.1))
    account.update(np.zeros(1), np.zeros(1), 4 * CELL_NS, 5 * CELL_NS)
    found.version += 1
    one.update(found)
    assert one.live(("response_timeliness", (1, 2))).state == "at_chance"


def test_a_ledger_without_a_new_look_changes_nothing():
    """What stands is worked out once a look; people who leave take their standing with them."""
    found = ledger(expression_synchrony={(1, 2): STRONG})
    one = standings(found)
    found.accounts.clear()
    one.update(found)
    assert one.live(("expression_synchrony", (1, 2))).state == "above"
    found.version += 1
    one.update(found)
    assert one.live(("expression_synchrony", (1, 2))).state == "at_chance"
    assert one.evidence == {}
