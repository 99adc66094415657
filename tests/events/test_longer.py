"""Longer movements and the rules between movements, on noiseless signals, at both sides of each bound."""

import numpy as np
import pytest

from edge.config.sections import EventsSection
from edge.events import Spotter
from edge.events.brief import BriefSpotter
from edge.events.macro import MacroSpotter
from edge.events.noise import Noise
from edge.events.tape import Tape
from tests.events.scene import NS, Scene, bump, hold

RATE_HZ = 50
SD, WANDER = 0.01, 0.005


class Bench:
    """One channel of one person: what the noise is known to be, and the spotter of longer movements."""

    def __init__(self, sd=SD, wander=WANDER):
        self.tape, self.noise, self.macro = Tape(1), Noise(1, 5.0), MacroSpotter(1)
        self.noise.sd[:], self.noise.wander[:], self.noise.level[:] = sd, wander, 0.0
        self.k = 0

    def play(self, values):
        """Push values frame by frame; return each movement with the time at which it was told."""
        told = []
        for value in values:
            t_ns = NS + round(self.k * NS / RATE_HZ)
            self.tape.push(t_ns, np.array([value]), (0.0, 0.0, 0.0), np.zeros(3, bool))
            told += [((t_ns - NS) / NS, shape) for shape in self.macro.update(self.tape, self.noise)]
            self.k += 1
        return told

    @property
    def moving(self):
        """Whether a movement is under way."""
        return bool(np.isnan(self.macro.neutral(np.zeros(1))[0]))


def steps(*parts):
    """Return a signal of (value, seconds) parts."""
    return np.concatenate([np.full(round(seconds * RATE_HZ), float(value)) for value, seconds in parts])


@pytest.mark.parametrize(
    ("height", "sd", "wander", "moves"),
    [(9.9, 1, 0.1, 0), (10.1, 1, 0.1, 1), (3.9, 0.1, 1, 0), (4.1, 0.1, 1, 1), (10.0, 1.0, 0.1, 0)],
)
def test_a_movement_stands_clear(height, sd, wander, moves):
    """A movement stands more than ten noise deviations and four of the level's restlessness above neutral."""
    bench = Bench(sd, wander)
    bench.play(steps((0, 1), (height, 1)))
    assert bench.moving == bool(moves)


@pytest.mark.parametrize("height", [0.5, 2.0, 8.0])
def test_a_movement_lasts_while_it_keeps_half_its_height(height):
    """A fall to 52 % is none; a fall to 48 % ends the movement a quarter of a second later, not before."""
    bench = Bench()
    assert bench.play(height * steps((0, 1), (1, 1), (0.52, 2))) == []
    assert bench.moving
    ((told_s, shape),) = bench.play(height * steps((0.48, 1)))
    assert told_s == pytest.approx(4 + 0.25, abs=0.07)
    assert shape.height == pytest.approx(height)
    assert shape.onset_ns / NS - 1 == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize(("back", "told_n"), [(0.58, 1), (0.62, 0)])
def test_a_dip_is_within_the_movement(back, told_n):
    """What climbs back above 60 % within a quarter of a second was not over."""
    bench = Bench()
    told = bench.play(steps((0, 1), (1, 1), (0.45, 0.14), (back, 0.6)))
    assert len(told) == told_n


@pytest.mark.parametrize(("hidden_s", "moving"), [(0.4, True), (0.6, False)])
@pytest.mark.parametrize("from_s", [1.0, 5.0])
def test_a_movement_out_of_sight(hidden_s, moving, from_s):
    """Half a second out of sight is bridged, more ends the movement untold, also late in a recording."""
    bench = Bench()
    assert bench.play(steps((0, from_s), (1, 1), (np.nan, hidden_s))) == []
    assert bench.moving == moving


def test_a_plateau_is_a_fiftieth_high():
    """A smile that creeps up by less than a fiftieth of its height is held; the end of a film closes it."""
    bench = Bench()
    creep = 1 + 0.015 * np.linspace(0, 1, RATE_HZ)
    bench.play(np.concatenate([steps((0, 1)), creep]))
    (shape,) = bench.macro.finish(bench.tape)
    assert shape.onset_ns / NS - 1 == pytest.approx(1, abs=0.06)
    assert shape.offset_ns == bench.tape.t_ns[bench.tape.end - 1]


@pytest.mark.parametrize(("each", "held"), [(0.03, False), (0.015, True)])
def test_a_rise_goes_on_while_it_gains(each, held):
    """Steps of 3 % every 0.15 s are still a rise, steps of 1.5 % every 0.19 s are not."""
    pace_s = 0.15 if each == 0.03 else 0.19
    bench = Bench()
    bench.play(
        np.concatenate([steps((0, 1)), steps(*[(1 + each * k, pace_s) for k in range(2 if held else 8)])])
    )
    assert bool(bench.macro.finish(bench.tape)) == held


def test_a_level_that_stays_is_the_new_neutral():
    """After a minute above neutral the movement is given up, untold, and its level is learnt again."""
    bench = Bench()
    told = bench.play(steps((0, 1), (1, 59.5)))
    assert (told, bench.moving, float(bench.noise.level[0])) == ([], True, 0.0)
    assert bench.play(steps((1, 1.5))) == []
    assert not bench.moving
    assert np.isnan(bench.noise.level[0])


def test_a_brief_candidate_is_forgotten_at_a_wipe():
    """A flash that was ripening when everything was wiped comes to nothing."""
    for wiped in (False, True):
        tape, noise, brief = Tape(1), Noise(1, 5.0), BriefSpotter(1, 0.16)
        noise.sd[:], noise.contrast[:] = 0.01, 0.1
        values = bump(np.arange(3 * RATE_HZ) / RATE_HZ, 1.0, 0.3)
        told = []
        for k, value in enumerate(values):
            tape.push(NS + round(k * NS / RATE_HZ), np.array([value]), (0.0, 0.0, 0.0), np.zeros(3, bool))
            told += brief.update(tape, noise)
            if wiped and k == round(1.5 * RATE_HZ):
                brief.wipe()
        assert len(told) == (not wiped)


@pytest.mark.parametrize("half_s", [0.08, 0.16, 0.32])
def test_the_contrast_has_the_width_of_the_setting(half_s):
    """The newest contrast is of the sample half a width back, against both samples half a width beside it."""
    tape, noise, brief = Tape(1), Noise(1, 5.0), BriefSpotter(1, half_s)
    rng = np.random.default_rng(3)
    for k, value in enumerate(np.cumsum(rng.normal(size=200))):
        tape.push(NS + k * NS // RATE_HZ, np.array([value]), (0.0, 0.0, 0.0), np.zeros(3, bool))
        brief.update(tape, noise)
        half_n = round(half_s * RATE_HZ)
        centre = tape.smooth_end - 1 - half_n
        if centre >= half_n + 1:
            smooth = tape.smooth[:, 0]
            expected = smooth[centre] - (smooth[centre - half_n] + smooth[centre + half_n]) / 2
            assert brief.contrast[0] == pytest.approx(expected, abs=1e-9)


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


def test_a_short_smile_around_a_flash_is_the_flash():
    """A longer movement around a flash counts from twice its length on."""
    for held_s, expected in ((0.05, [True]), (1.5, [True, False])):
        scene = Scene(10)
        scene.add(
            "AU12", 0.3 * hold(scene.t_s, 4.0, 0.1, held_s + 0.3, 0.15) + 0.9 * bump(scene.t_s, 4.1, 0.3)
        )
        events, _ = spot(scene)
        assert [event.brief for event in events] == expected
