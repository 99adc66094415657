"""How many observations a value rests on, by hand arithmetic, whatever the windows in force."""

from dataclasses import replace

import numpy as np
import pytest

from edge.config.sections import MimicrySection
from edge.measures import BY_NAME
from edge.measures.onsets import Onsets
from edge.records import Tick
from tests.validate.drive import GRID, event, run

SECONDS = 600
USED_S = 588  # the first 5 s fix the scale of the signals, then the first window fills
PERFECT_N = 25  # windows for full confidence


@pytest.fixture(scope="module")
def pair():
    """Ten minutes of two people at 10 Hz, the second .7 s behind the first, without a gap: [2, 1, N]."""
    rng = np.random.default_rng(7)
    lead = np.convolve(rng.normal(size=SECONDS * 10 + 40), np.ones(8) / 8, "same")[:-40]
    follow = np.roll(lead, 7) + rng.normal(0, 0.3, lead.shape)
    return np.stack([lead, follow])[:, None]


def _synchrony(x, section):
    t_s = np.arange(x.shape[-1]) / 10
    measures = run(t_s, x, ("a",), enabled=("expression_synchrony",), grid=section).finish()
    return next(one for one in measures if one.subject == (1, 2))


@pytest.mark.parametrize(
    ("settings", "n"),
    [
        ({}, USED_S / 7),
        ({"hop_s": 0.5}, USED_S / 7),
        ({"window_s": 14.0}, USED_S / 14),
        ({"window_s": 14.0, "hop_s": 7.0}, USED_S / 14),
        ({"window_s": 30.0}, USED_S / 30),
        ({"window_s": 5.0, "hop_s": 10.0}, USED_S / 10),  # windows with pauses between them do not overlap
    ],
)
def test_synchrony_counts_windows_that_do_not_overlap(pair, settings, n):
    """A gapless session of T seconds holds T / window windows that do not overlap, whatever the hop."""
    found = _synchrony(pair, replace(GRID, **settings))
    assert found.n == pytest.approx(n, abs=1.5)
    assert found.confidence == pytest.approx(found.coverage * min(1.0, found.n / PERFECT_N))


@pytest.mark.parametrize(
    ("settings", "window_s"),
    [
        ({}, 30),
        ({"slow_window_s": 40.0}, 40),
        ({"hop_s": 0.5}, 30),
        ({"hop_s": 7.0}, 30),
        ({"window_s": 20.0, "hop_s": 20.0}, 30),
    ],
)
def test_slow_windows_are_counted_by_their_own_length(pair, settings, window_s):
    """A gapless session of T seconds holds T / slow window slow windows that do not overlap, at any hop."""
    found = _synchrony(pair[..., :4200], replace(GRID, **settings))
    assert found.extra["slow_n"] == pytest.approx((USED_S - 180) / window_s, abs=1.5)


@pytest.mark.parametrize("rate_hz", [5.0, 10.0, 15.0, 30.0])
def test_seconds_are_seconds_on_every_grid(rate_hz):
    """Nine minutes count as nine minutes, and a delay of 1 s is one of 1 s, whatever the rate of the grid."""
    rng = np.random.default_rng(3)
    t_s = np.arange(540 * 30) / 30
    x = np.array([[np.interp(t_s, np.arange(542), rng.normal(size=542))] for _ in range(2)])
    x[1] = np.roll(x[0], 30, axis=1) + 0.2 * x[1]
    names = ("coupling_loop", "low_intensity_response", "behavioural_phase_locking")
    measures = run(t_s, x, ("a",), enabled=names, grid=replace(GRID, rate_hz=rate_hz)).finish()
    found = {(one.name, one.subject): one for one in measures}
    assert found["coupling_loop", (1, 2)].n == pytest.approx(300)
    assert found["behavioural_phase_locking", (1, 2)].n == pytest.approx(540 * (1.1 - 0.2), rel=0.02)
    answer = found["low_intensity_response", (1, 2)]
    assert answer.lag_s == pytest.approx(1.0, abs=0.2)
    assert 440 < answer.n < 540


@pytest.mark.parametrize("rate_hz", [5.0, 10.0, 15.0])
def test_heads_are_turned_against_each_other_by_seconds(rate_hz):
    """Heads that mirror each other 30 s apart and now and then at once do so at one far offset, of 30 s."""
    rng = np.random.default_rng(4)
    turns = list(rng.choice((-0.5, 0.5), 15))
    for _ in range(270):  # of 2 s: seven in ten repeat what was 30 s ago
        turns.append(turns[-15] if rng.random() < 0.7 else rng.choice((-0.5, 0.5)))
    t_s = np.arange(540 * 10) / 10
    pose = np.zeros((2, 3, len(t_s)))
    pose[0, 0], pose[1, 0] = np.repeat(turns[15:], 20), -np.repeat(turns[:-15], 20)
    x = np.cumsum(rng.normal(size=(2, 1, len(t_s))), axis=2)
    section = replace(GRID, rate_hz=rate_hz)
    found = run(t_s, x, ("a",), pose=pose, enabled=("rapport_triad",), grid=section).finish()
    assert found[0].extra["facing"] == pytest.approx(1 - 1.5 / 40)  # below one of 39, above the rest


def test_words_say_the_windows_in_force():
    """The definition names the configured window and lag."""
    words = BY_NAME["expression_synchrony"].worded(MimicrySection(window_s=12.0, max_lag_s=3.0))
    assert "12 s windows" in words
    assert "+-3 s" in words


@pytest.mark.parametrize(("seconds", "brief"), [(0.3, True), (0.5, True), (0.501, False), (2.0, False)])
def test_a_movement_is_brief_or_longer_never_both(seconds, brief):
    """A movement of exactly half a second is a brief one, and only that."""
    onsets = Onsets(600.0)
    onsets.update(_tick(event(1, "AU12", 10.0, 10.1, 10.0 + seconds)))
    assert [len(onsets.of(1, ["AU12"], brief=kind)) for kind in (True, False)] == [brief, not brief]


def _tick(*events):
    return Tick(
        t_ns=20_000_000_000,
        rate_hz=10.0,
        channels=("AU12",),
        people=(1,),
        present=(1,),
        x={},
        since_n={},
        pose_rad={},
        gain={},
        offsets_s=np.empty(0),
        couplings=(),
        events=events,
    )
