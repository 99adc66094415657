"""Onset, apex, offset; what is spotted and what is rejected."""

import numpy as np
import pytest

from edge.config.sections import EventsSection
from edge.events import Spotter
from edge.records import CHANNELS
from tests.events.scene import NS, Scene, bump, hold
from tests.validate.megc import Score, score


def spot(scene, finish=True):
    """Run the spotter over a scene."""
    spotter = Spotter(EventsSection())
    events = [event for expression in scene.expressions() for event in spotter.update(expression)]
    return events + (spotter.finish() if finish else [])


def intervals(events, channel, brief=True):
    """Return onset and offset in s of one channel's events."""
    chosen = [event for event in events if event.channel == channel and event.brief == brief]
    return [(event.onset_ns / NS, event.offset_ns / NS) for event in chosen]


@pytest.mark.parametrize("rate_hz", [30, 60])
@pytest.mark.parametrize("length_s", [0.12, 0.2, 0.3, 0.4])
def test_a_brief_movement(length_s, rate_hz):
    """One brief bump of 0.4 cm in AU12 is one brief event, its onset within a frame, and nothing else."""
    scene = Scene(8, rate_hz)
    scene.add("AU12", 0.4 * bump(scene.t_s, 4.013, length_s))
    events = spot(scene)
    assert [(event.channel, event.brief) for event in events] == [("AU12", True)]
    assert events[0].onset_ns / NS == pytest.approx(4.013, abs=1 / 30)
    assert events[0].apex_ns / NS == pytest.approx(4.013 + length_s / 2, abs=1 / 30)
    assert events[0].duration_s == pytest.approx(length_s, abs=0.07)


@pytest.mark.parametrize("rise_s", [0.3, 1.0, 2.0])
def test_a_longer_movement(rise_s):
    """A smile that rises within 0.3, 1 or 2 s is one longer event with the right onset and offset."""
    scene = Scene(16)
    scene.add("AU12", 0.9 * hold(scene.t_s, 5.0, rise_s, 1.5, 0.8))
    events = spot(scene)
    assert [(event.channel, event.brief) for event in events] == [("AU12", False)]
    assert events[0].onset_ns / NS == pytest.approx(5.0, abs=max(0.05, 0.12 * rise_s))
    assert events[0].offset_ns / NS == pytest.approx(5.0 + rise_s + 2.3, abs=0.15)


def test_two_smiles_and_a_flash_on_top():
    """A flash on top of a held smile and the smiles around it come out as three events."""
    scene = Scene(20)
    scene.add("AU12", 0.8 * hold(scene.t_s, 4, 0.4, 3, 0.5) + 0.4 * bump(scene.t_s, 6, 0.25))
    scene.add("AU12", 0.8 * hold(scene.t_s, 12, 0.4, 2, 0.5))
    events = sorted(spot(scene), key=lambda event: event.onset_ns)
    assert [event.brief for event in events] == [False, True, False]


def test_roc_on_synthetic_bumps():
    """Bumps of 100-400 ms, 0.3 cm, noise 0.03 cm and slow drift: F1 at least .9 over ten minutes."""
    total = Score()
    for seed in range(5):
        scene = Scene(120, noise=0.03, seed=seed)
        truth = []
        at_s = 3.0
        while at_s < 117:
            length_s = scene.rng.uniform(0.1, 0.4)
            scene.add("AU01", 0.3 * bump(scene.t_s, at_s, length_s))
            truth.append((at_s, at_s + length_s))
            at_s += scene.rng.uniform(1.5, 4)
        scene.add("AU01", 0.1 * np.sin(2 * np.pi * 0.1 * scene.t_s))
        total += score(truth, intervals(spot(scene), "AU01"))
    assert total.f1 >= 0.9


def test_noise_alone():
    """Ten minutes of white noise in every channel give at most one false alarm a minute."""
    events = [event for seed in range(5) for event in spot(Scene(120, seed=seed))]
    assert len(events) <= 10


def test_gain_and_offset_do_not_matter():
    """Signals multiplied by 1.5 and shifted by 3 give the same events, within a tenth of a frame.

    Only the bounds in centimetres below and above which nothing moves or hides are not multiplied.
    """
    scene, other = Scene(20), Scene(20)
    for one in (scene, other):
        one.add("AU12", 0.4 * bump(one.t_s, 4, 0.3) + 0.8 * hold(one.t_s, 9, 0.5, 2, 0.5))
    other.raw = 1.5 * other.raw + 3
    expected, actual = spot(scene), spot(other)
    assert len(expected) == 2
    assert [(e.channel, e.brief) for e in expected] == [(e.channel, e.brief) for e in actual]
    for a, b in zip(expected, actual, strict=True):
        assert abs(a.onset_ns - b.onset_ns) < 3_000_000
        assert a.amplitude == pytest.approx(b.amplitude, rel=1e-3)


def test_head_jerk_rejects():
    """A bump while the head turns at 40 deg/s is no event."""
    scene = Scene(8)
    scene.add("AU12", 0.4 * bump(scene.t_s, 4, 0.3))
    scene.pose[:, 0] += np.radians(40) * np.clip(scene.t_s - 3.9, 0, 0.5)
    assert spot(scene) == []


def test_blink_rejects_upper_face_only():
    """A blink hides a brow flash beside it and leaves a mouth movement alone."""
    scene = Scene(8, noise=0.01)
    scene.add("AU45", 0.4 * bump(scene.t_s, 4, 0.25))
    scene.add("AU01", 0.3 * bump(scene.t_s, 4.05, 0.25))
    scene.add("AU12", 0.4 * bump(scene.t_s, 4.05, 0.25))
    assert {event.channel for event in spot(scene)} == {"AU45", "AU12"}


@pytest.mark.parametrize("channel", ["AU10", "AU18", "AU26"])
def test_what_a_blink_drags_along_is_no_movement(channel):
    """A mouth that moves as far as a closing eye drags it along is no event, one that moves more is."""
    for height, found in ((0.25, {"AU45"}), (1.0, {"AU45", channel})):
        scene = Scene(8, noise=0.01)
        scene.add("AU45", 0.3 * bump(scene.t_s, 4, 0.25)).add(channel, height * bump(scene.t_s, 4.02, 0.25))
        assert {event.channel for event in spot(scene)} == found


@pytest.mark.parametrize(
    ("drawn", "longer", "found"),
    [(0.05, 0.06, {"AU04", "AU45"}), (0.0, 0.06, {"AU45"}), (0.05, -0.06, {"AU45"})],
)
def test_a_lowered_brow_may_close_the_eye(drawn, longer, found):
    """A brow that sinks while the eye closes is a blink's unless brows meet and the lower face lengthens."""
    scene = Scene(8, noise=0.005)
    scene.add("AU45", 0.12 * bump(scene.t_s, 4, 0.25)).add("AU01", -0.3 * bump(scene.t_s, 4, 0.25))
    scene.add("AU04", (0.3 + drawn) * bump(scene.t_s, 4, 0.25))
    scene.add("AU26", longer * bump(scene.t_s, 4, 0.25))
    assert {event.channel for event in spot(scene)} == found


def test_a_raised_brow_may_open_the_eye():
    """A brow flash that opens the eye is an event: what closes again afterwards is no blink."""
    scene = Scene(8, noise=0.01)
    scene.add("AU01", 0.4 * bump(scene.t_s, 4, 0.25)).add("AU45", -0.15 * bump(scene.t_s, 4, 0.25))
    assert {event.channel for event in spot(scene)} == {"AU01"}


@pytest.mark.parametrize("back", [True, False])
def test_a_blink_may_tip_the_mesh(back):
    """A blink is one event though the mesh tips by four degrees there and back, and while the head turns."""
    scene = Scene(8, noise=0.01)
    scene.add("AU45", 0.3 * bump(scene.t_s, 4, 0.25))
    turn = bump(scene.t_s, 4, 0.25) if back else 2 * np.clip((scene.t_s - 3.9) / 0.5, 0, 1)
    scene.pose[:, 1] -= np.radians(4 if back else 8) * turn
    assert [event.channel for event in spot(scene)] == ["AU45"]


def test_speech_rejects_lower_face_only():
    """While speaking, a brief lip movement is no event and a brow flash is one."""
    scene = Scene(8)
    scene.add("AU25", 0.4 * bump(scene.t_s, 4, 0.25)).add("AU01", 0.4 * bump(scene.t_s, 4, 0.25))
    scene.speaking[(scene.t_s > 3.5) & (scene.t_s < 5.5)] = True
    assert {event.channel for event in spot(scene)} == {"AU01"}


def test_a_smile_while_speaking_counts():
    """A smile of two seconds is an event even while speaking, a lip movement of 0.8 s is not."""
    scene = Scene(12)
    scene.add("AU12", 0.9 * hold(scene.t_s, 5, 0.4, 1.5, 0.5)).add(
        "AU26", 0.6 * hold(scene.t_s, 5, 0.2, 0.4, 0.2)
    )
    scene.speaking[scene.t_s > 4] = True
    assert {event.channel for event in spot(scene)} == {"AU12"}


def test_young_tracks_have_no_brief_events():
    """In the first second of a track nothing brief is spotted."""
    scene = Scene(4)
    scene.add("AU12", 0.4 * bump(scene.t_s, 0.7, 0.25))
    assert intervals(spot(scene), "AU12") == []


@pytest.mark.parametrize(("canthus_px", "n"), [(49, 0), (51, 1)])
def test_few_pixels(canthus_px, n):
    """Below 50 px between the canthi there are no brief events."""
    scene = Scene(8)
    scene.canthus_px = canthus_px
    scene.add("AU12", 0.4 * bump(scene.t_s, 4, 0.3))
    assert len(spot(scene)) == n


def test_drift_is_no_event():
    """A level that drifts by half a centimetre within twenty seconds is no event."""
    scene = Scene(60)
    scene.add("AU12", 0.5 * np.clip((scene.t_s - 20) / 20, 0, 1))
    assert spot(scene) == []


def test_variable_frame_rate_and_a_gap():
    """Frames at irregular times, with one gap of 0.3 s elsewhere, still give the onset within a frame."""
    rng = np.random.default_rng(9)
    t_s = np.cumsum(rng.uniform(0.016, 0.042, 400))
    t_s = t_s[(t_s < 2.5) | (t_s > 2.8)]
    scene = Scene(0, t_s=t_s)
    scene.add("AU12", 0.4 * bump(scene.t_s, 5.0, 0.3))
    found = intervals(spot(scene), "AU12")
    assert len(found) == 1
    assert found[0][0] == pytest.approx(5.0, abs=0.034)


def test_missing_frames_hide_brief_movements():
    """A brief movement of which every other frame is missing is not claimed."""
    scene = Scene(8)
    kept = (scene.t_s < 3.9) | (scene.t_s > 4.4) | (np.arange(len(scene.t_s)) % 4 == 0)
    scene.add("AU12", 0.4 * bump(scene.t_s, 4, 0.3))
    scene.t_s, scene.raw, scene.pose = scene.t_s[kept], scene.raw[kept], scene.pose[kept]
    assert spot(scene) == []


def test_nan_is_not_a_movement():
    """Channels that become unmeasurable and come back give no event by that."""
    scene = Scene(20)
    scene.raw[150:200] = np.nan
    scene.raw[300:303] = np.nan
    assert spot(scene) == []


def test_people_do_not_disturb_each_other():
    """Interleaving a second person leaves the first one's events unchanged."""
    scene, other = Scene(10), Scene(10, seed=5)
    scene.add("AU12", 0.4 * bump(scene.t_s, 4, 0.3))
    spotter = Spotter(EventsSection())
    both = []
    for a, b in zip(scene.expressions(1), other.expressions(2), strict=True):
        both += spotter.update(a) + spotter.update(b)
    assert [event for event in both if event.person == 1] == spot(scene, finish=False)


def test_time_running_backwards_starts_anew():
    """A sample from the past starts the person again and raises nothing."""
    scene = Scene(4)
    spotter = Spotter(EventsSection())
    for expression in [*scene.expressions(), *scene.expressions()]:
        assert spotter.update(expression) == []


def test_long_streams_keep_their_memory():
    """After three minutes at 60 Hz, past the length of every ring, an event is still found at its place."""
    scene = Scene(180, 60)
    scene.add("AU02", 0.4 * bump(scene.t_s, 170.0, 0.3))
    found = intervals(spot(scene), "AU02")
    assert [round(onset_s, 1) for onset_s, _ in found if onset_s > 169] == [170.0]


def test_channels_of_tier_c_are_not_spotted():
    """Movements of channels that are too uncertain give no event."""
    scene = Scene(8)
    for name in ("AU06", "AU09", "AU14", "AU15", "AU17", "AU20", "AU23"):
        assert name in CHANNELS
        scene.add(name, 0.4 * bump(scene.t_s, 4, 0.3))
    assert spot(scene) == []
