"""Rate ratios against a Poisson regression on every hundredth of a second, written without the package."""

from dataclasses import replace

import numpy as np
import pytest

from tests.validate.drive import at_once
from tests.validate.simulate import CHANNELS
from tests.validate.strangers import meeting

NAMES = ("response_pull", "following_asymmetry", "selective_mirroring")
START, END = -10, 59990  # of the common span, hundredths of a second
SHORTEST, LONGEST = 20, 400


@pytest.fixture(scope="module")
def meetings():
    """Return ten minutes of two people who smile and frown, {(person, channel): onsets}, and its measures."""
    smiles, frowns = meeting(5, 2, 5, 10), meeting(6, 2, 6, 10)
    events = sorted(
        (
            (person, channel, *(round(100 * at) / 100 for at in times))
            for session, channel in ((smiles, "AU12"), (frowns, "AU04"))
            for person, _, *times in session.events
        ),
        key=lambda one: one[-1],
    )
    onsets = {
        (person + 1, channel): np.sort(
            [round(100 * one[2]) for one in events if one[:2] == (person, channel)]
        )
        for person in range(2)
        for channel in ("AU12", "AU04")
    }
    found = at_once(replace(smiles, events=events), CHANNELS, enabled=NAMES)
    return onsets, {(one.name, one.subject): one for one in found}


def apart(times):
    """Return the first onset of every run of less than half a second."""
    return [at for k, at in enumerate(times) if k == 0 or at - times[k - 1] > 50]


def bins(a, b):
    """Count the onsets of b in every hundredth of a second, and where one would answer one of a."""
    counts, exposed = np.zeros(END - START), np.zeros(END - START, dtype=bool)
    for at in apart(a):
        exposed[at + SHORTEST - START : at + LONGEST - START] = True
    for at in apart(b):
        counts[at - 1 - START] += 1
    return counts, exposed


def fitted(*directions):
    """Log rate ratio and its variance by Newton's method, with half an event more in every cell."""
    counts, exposed = (np.concatenate(rows) for rows in zip(*directions, strict=True))
    counts = counts + 0.5 / np.where(exposed, exposed.sum(), (~exposed).sum())
    X = np.stack([np.ones(len(counts)), exposed], axis=1)
    beta = np.array([np.log(counts.mean()), 0.0])
    for _ in range(30):
        mu = np.exp(X @ beta)
        information = X.T @ (X * mu[:, None])
        beta = beta + np.linalg.solve(information, X.T @ (counts - mu))
    return beta[1], np.linalg.inv(information)[1, 1]


def test_the_pull_is_the_ratio_of_a_poisson_regression(meetings):
    """Log rate ratio and interval of answers within .2 to 4 s equal the regression's coefficient."""
    onsets, found = meetings
    for i, j in ((1, 2), (2, 1)):
        ratio, variance = fitted(bins(onsets[i, "AU12"], onsets[j, "AU12"]))
        one = found["response_pull", (i, j)]
        assert one.value == pytest.approx(ratio, abs=1e-9)
        assert one.extra["high"] - one.extra["low"] == pytest.approx(2 * 1.96 * variance**0.5, abs=1e-9)


def test_the_asymmetry_is_the_difference_of_two_regressions(meetings):
    """Positive: the first follows the second; in units of the standard error of the difference."""
    onsets, found = meetings
    first, second = onsets[1, "AU12"], onsets[2, "AU12"]
    (to_second, one), (to_first, other) = fitted(bins(first, second)), fitted(bins(second, first))
    expected = (to_first - to_second) / (one + other) ** 0.5
    assert found["following_asymmetry", (1, 2)].value == pytest.approx(expected, abs=1e-9)


def test_selection_is_the_difference_of_smiles_and_frowns(meetings):
    """Both directions in one regression for each kind of movement."""
    onsets, found = meetings
    ratios = [
        fitted(*(bins(onsets[i, channel], onsets[j, channel]) for i, j in ((1, 2), (2, 1))))[0]
        for channel in ("AU12", "AU04")
    ]
    one = found["selective_mirroring", (1, 2)]
    assert one.value == pytest.approx(ratios[0] - ratios[1], abs=1e-9)
