"""Longer movements and the rules between movements, on noiseless signals, at both sides of each bound."""

import numpy as np
import pytest

from edge.config.sections import EventsSection
from edge.events import Spotter
from edge.events.brief import BriefSpotter
from edge.events.macro import MacroSpotter
from edge.events.noise import Noise
from edge.events.tape import COLUMNS, SPOTTED, Tape
from tests.events.scene import NS, Scene, bump, hold

RATE_HZ = 50
SD, WANDER = 0.01, 0.005
AU12, AU25 = SPOTTED.index("AU12"), SPOTTED.index("AU25")
STILL, SEEN = (0.0, 0.0, 0.0), np.zeros(3, bool)


class Bench:
    """One channel of one person: what the noise is known to be, and the spotter of longer movements."""

    def __init__(self, sd=SD, wander=WANDER, *, channel=AU12, in_cm=True):
        self.tape, self.noise, self.macro = Tape(), Noise(5.0), MacroSpotter(in_cm=in_cm)
        self.noise.sd[:], self.noise.wander[:], self.noise.level[:] = sd, wander, 0.0
        self.channel, self.k = channel, 0

    def play(self, values):
        """Push values frame by frame; return each movement with the time at which it was told."""
        told = []
        for value in values:
            t_ns = NS + round(self.k * NS / RATE_HZ)
            self.tape.push(t_ns, row(value, self.channel), STILL, SEEN)
            told += [((t_ns - NS) / NS, shape) for shape in self.macro.update(self.tape, self.noise)]
            self.k += 1
        return told

    @property
    def moving(self):
        """Whether a movement is under way."""
        return bool(self.macro.runs)


def row(value, channel=AU12):
    """Return one sample in which one channel is known."""
    return np.where(np.arange(COLUMNS) == channel, value, np.nan)


def steps(*parts):
    """Return a signal of (value, seconds) parts."""
    return np.concatenate([np.full(round(seconds * RATE_HZ), float(value)) for value, seconds in parts])


@pytest.mark.parametrize(
    ("height", "sd", "wander", "moves"),
    [(9.9, 1, 0.1, 0), (10.1, 1, 0.1, 1), (3.9, 0.1, 1, 0), (4.1, 0.1, 1, 1), (10.0, 1.0, 0.1, 0)],
)
def test_a_movement_stands_clear(height, sd, wander, moves):
    """A movement stands more than ten noise deviations and four of the level's restlessness above quiet."""
    bench = Bench(sd, wander, in_cm=False)
    bench.play(steps((0, 1), (height, 1)))
    assert bench.moving == bool(moves)


BOUNDS = {
    "AU01": (0.12, 0.4),
    "AU02": (0.11, 0.4),
    "AU04": (0.10, 0.4),
    "AU05": (0.05, 0.2),
    "AU07": (0.05, 0.2),
    "AU10": (0.08, 0.4),
    "AU12": (0.40, 1.0),
    "AU18": (0.35, 1.0),
    "AU24": (0.20, 0.8),
    "AU25": (0.12, 0.25),
    "AU26": (0.22, 0.5),
    "AU45": (0.10, 0.25),
}


@pytest.mark.parametrize("name", SPOTTED)
def test_in_centimetres_the_height_has_bounds(name):
    """Each channel moves from a least height on, and from a second one on however restless the face is."""
    for bound, wander in zip(BOUNDS[name], (0.0, 9.0), strict=True):
        for height, moves in ((0.97 * bound, False), (1.03 * bound, True)):
            bench = Bench(0.001, wander, channel=SPOTTED.index(name))
            bench.play(steps((0, 1), (height, 1)))
            assert bench.moving == moves


@pytest.mark.parametrize("height", [0.5, 2.0, 8.0])
@pytest.mark.parametrize(("channel", "keep"), [(AU12, 0.35), (AU25, 0.2)])
def test_a_movement_lasts_while_it_keeps_its_share(height, channel, keep):
    """A fall to just above the share is none; one to just below ends it a quarter of a second later."""
    bench = Bench(0.001, 0.0, channel=channel, in_cm=False)
    assert bench.play(height * steps((0, 1), (1, 1), (keep + 0.02, 2))) == []
    assert bench.moving
    ((told_s, shape),) = bench.play(height * steps((keep - 0.02, 1)))
    assert told_s == pytest.approx(4 + 0.25, abs=0.07)
    assert shape.height == pytest.approx(height)
    assert shape.onset_ns / NS - 1 == pytest.approx(1, abs=0.06)


def test_an_end_is_never_later_than_known():
    """Of a smile that sinks by halves every offset lies before the time at which it was told."""
    bench = Bench()
    told = bench.play(2.0 * steps((0, 1), *[(0.5**k, 0.5) for k in range(8)]))
    ((told_s, shape),) = told
    assert shape.apex_ns < shape.offset_ns <= told_s * NS + NS


def test_what_did_not_come_down_is_one_movement():
    """After a smile that sank to just under its share of the height no second one starts from there."""
    bench = Bench()
    told = bench.play(2.0 * steps((0, 1), (1, 1), (0.3, 1), (0.9, 1), (0.0, 1), (1, 1), (0, 1)))
    assert [round(shape.onset_ns / NS - 1) for _, shape in told] == [1, 5]


def test_the_end_is_that_of_the_last_fall():
    """A mouth half open for seconds that dips meanwhile has its end where it shuts, to a twentieth second."""
    bench = Bench(0.001, 0.0, channel=AU25)
    held = 0.1 + 0.3 * (1 - bump(np.arange(2 * RATE_HZ) / RATE_HZ, 0.3, 0.4))
    shut = np.interp(np.arange(10) / RATE_HZ, [0, 0.1], [0.4, 0.0])
    ((_, shape),) = bench.play(np.concatenate([steps((0, 1), (0.5, 0.2)), held, shut, steps((0, 1))]))
    assert shape.offset_ns / NS - 1 == pytest.approx(3.3, abs=0.05)


@pytest.mark.parametrize(("hidden_s", "moving"), [(0.4, True), (0.6, False)])
@pytest.mark.parametrize("from_s", [1.0, 5.0])
def test_a_movement_out_of_sight(hidden_s, moving, from_s):
    """Half a second out of sight is bridged, more ends the movement untold; what is up after that moves."""
    bench = Bench()
    assert bench.play(steps((0, from_s), (1, 1), (np.nan, hidden_s))) == []
    assert bench.moving == moving
    assert bench.play(steps((1, 0.3))) == []
    assert bench.moving


def test_the_end_of_a_film_closes_what_is_held():
    """A smile that is held at the end has its end at the last sample."""
    bench = Bench()
    bench.play(steps((0, 1), (1, 1)))
    (shape,) = bench.macro.finish(bench.tape, bench.noise)
    assert shape.onset_ns / NS - 1 == pytest.approx(1, abs=0.06)
    assert shape.offset_ns == bench.tape.t_ns[bench.tape.end - 1]


@pytest.mark.parametrize(("held_s", "n"), [(0.44, 0), (0.5, 1)])
def test_what_was_held_briefly_has_not_come_back(held_s, n):
    """A rise that the end of a film cuts off within half a second is no brief movement, and none at all."""
    bench = Bench(0.001, 0.0)
    assert bench.play(steps((0, 1), (1, held_s))) == []
    assert len(bench.macro.finish(bench.tape, bench.noise)) == n


@pytest.mark.parametrize(
    ("height", "in_cm", "n"), [(0.19, True, 0), (0.21, True, 1), (0.19, False, 1), (0.3, True, 1)]
)
def test_lids_that_look_down_are_not_closed(height, in_cm, n):
    """Lids that hide less than a fifth of the open eye for a second are lowered, whatever the noise."""
    bench = Bench(0.001, 0.0, channel=SPOTTED.index("AU45"), in_cm=in_cm)
    assert len(bench.play(steps((0, 1), (height, 1), (0, 1)))) == n


def test_what_creeps_up_is_drift():
    """What needs more than three seconds for its way up is no movement: its level is learnt again."""
    bench = Bench()
    assert bench.play(np.concatenate([steps((0, 1)), np.linspace(0, 1, 20 * RATE_HZ)])) == []
    assert not bench.moving
    assert np.isnan(bench.noise.level[AU12])


def test_a_level_that_stays_is_the_new_one():
    """After a minute above its quiet level a movement is given up, untold, and the level learnt again."""
    bench = Bench()
    told = bench.play(steps((0, 1), (1, 59.5)))
    assert (told, bench.moving, float(bench.noise.level[AU12])) == ([], True, 0.0)
    assert bench.play(steps((1, 1.5))) == []
    assert not bench.moving
    assert np.isnan(bench.noise.level[AU12])


def test_a_brief_candidate_is_forgotten_at_a_wipe():
    """A flash that was ripening when everything was wiped comes to nothing."""
    for wiped in (False, True):
        tape, noise, brief = Tape(), Noise(5.0), BriefSpotter(0.16)
        noise.sd[:], noise.contrast[:] = 0.01, 0.1
        values = bump(np.arange(3 * RATE_HZ) / RATE_HZ, 1.0, 0.3)
        told = []
        for k, value in enumerate(values):
            tape.push(NS + round(k * NS / RATE_HZ), row(value), STILL, SEEN)
            told += brief.update(tape, noise)
            if wiped and k == round(1.5 * RATE_HZ):
                brief.wipe()
        assert len(told) == (not wiped)


@pytest.mark.parametrize("half_s", [0.08, 0.16, 0.32])
def test_the_contrast_has_the_width_of_the_setting(half_s):
    """The newest contrast is of the sample half a width back, against both samples half a width beside it."""
    tape, noise, brief = Tape(), Noise(5.0), BriefSpotter(half_s)
    rng = np.random.default_rng(3)
    for k, value in enumerate(np.cumsum(rng.normal(size=200))):
        tape.push(NS + k * NS // RATE_HZ, row(value), STILL, SEEN)
        brief.update(tape, noise)
        half_n = round(half_s * RATE_HZ)
        centre = tape.smooth_end - 1 - half_n
        if centre >= half_n + 1:
            smooth = tape.smooth[:, AU12]
            expected = smooth[centre] - (smooth[centre - half_n] + smooth[centre + half_n]) / 2
            assert brief.contrast[AU12] == pytest.approx(expected, abs=1e-9)


def spot(scene, **settings):
    """Run the spotter over a scene."""
    spotter = Spotter(EventsSection(**settings))
    events = [event for one in scene.expressions() for event in spotter.update(one)]
    return events, spotter


@pytest.mark.parametrize(("refractory_s", "n"), [(0.0, 2), (0.5, 2), (1.0, 1)])
def test_movements_keep_their_distance(refractory_s, n):
    """Of two flashes 0.7 s apart the second counts unless the time between movements is longer."""
    scene = Scene(8)
    scene.add("AU12", 0.4 * (bump(scene.t_s, 4.0, 0.2) + bump(scene.t_s, 4.9, 0.2)))
    events, _ = spot(scene, refractory_s=refractory_s)
    assert len(events) == n


def test_a_held_smile_is_closed_at_the_end():
    """A smile that is held when the recording ends is told by `finish`, up to the last sample."""
    scene = Scene(8)
    scene.add("AU12", 0.8 * hold(scene.t_s, 5.0, 0.4, 9, 0.5))
    events, spotter = spot(scene)
    assert events == []
    (held,) = spotter.finish()
    assert held.onset_ns / NS == pytest.approx(5.0, abs=0.1)
    assert held.offset_ns == round(scene.t_s[-1] * NS)


def test_who_leaves_gives_what_was_held():
    """What somebody held who has been away for more than a second is told when somebody new comes."""
    smiling = Scene(8)
    smiling.add("AU12", 0.8 * hold(smiling.t_s, 5.0, 0.4, 9, 0.5))
    samples = list(smiling.expressions())
    for away_s, told_n in ((1.0, 0), (1.01, 1)):
        spotter = Spotter(EventsSection())
        assert [event for one in samples for event in spotter.update(one)] == []
        at_s = smiling.t_s[-1] + away_s
        (new,) = Scene(1, t_s=[at_s]).expressions(person=2)
        assert len(spotter.update(new)) == told_n


@pytest.mark.parametrize(
    ("held_s", "flash_s", "brief"),
    [(0.35, 0.1, [False]), (0.9, 0.1, [False]), (0.9, 0.6, [True, False]), (1.8, 0.6, [True, False])],
)
def test_a_flash_and_a_smile(held_s, flash_s, brief):
    """A flash at the edge of a smile is the same movement, one on top of it is an event of its own."""
    scene = Scene(10)
    smile = 0.6 * hold(scene.t_s, 4.0, 0.1, held_s, 0.15)
    scene.add("AU12", smile + 0.9 * bump(scene.t_s, 4.0 + flash_s, 0.3))
    events, _ = spot(scene)
    assert [event.brief for event in events] == brief
