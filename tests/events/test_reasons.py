"""Each reason against a movement, on both sides of its bound; numbers are those of `docs/signals.md`."""

import numpy as np
import pytest

from edge.events.noise import Noise
from edge.events.reject import Reasons
from edge.events.shape import Shape
from edge.events.tape import COLUMNS, SPOTTED, Tape

RATE_HZ = 100
FIRST_NS = 1_000_000_000
HALF_NS = 160_000_000
AT_S, SD = 5.0, 0.01
DRAGGED = {
    "AU01": 1.0,
    "AU02": 1.1,
    "AU04": 1.0,
    "AU05": 1.0,
    "AU07": 0.6,
    "AU10": 1.0,
    "AU18": 1.75,
    "AU26": 1.75,
}


class Scene:
    """Ten still seconds, into which a test plants what may disqualify a movement from `onset_s` on."""

    def __init__(self, gap_s=0.0):
        self.tape, self.noise = Tape(len(SPOTTED)), Noise(5.0)
        self.noise.sd[:] = SD
        self.t_s = np.arange(10 * RATE_HZ) / RATE_HZ
        if gap_s:
            self.t_s = self.t_s[(self.t_s <= AT_S + 0.05) | (self.t_s >= AT_S + 0.05 + gap_s)]
        for t_s in self.t_s:
            self.tape.push(
                FIRST_NS + round(t_s * 1e9), np.zeros(len(SPOTTED)), (0.0, 0.0, 0.0), np.zeros(3, bool)
            )
        self.n = len(self.t_s)

    def bump(self, name, height, at_s, length_s):
        """Add a raised cosine to a channel."""
        u = np.clip((self.t_s - at_s) / length_s + 0.5, 0, 1)
        self.tape.smooth[: self.n, SPOTTED.index(name)] += height * (1 - np.cos(2 * np.pi * u)) / 2
        return self

    def flag(self, which, start_s, end_s):
        """Raise a flag from one time to another."""
        self.tape.flags[: self.n, which] |= (self.t_s >= start_s - 1e-6) & (self.t_s <= end_s + 1e-6)
        return self

    def turn(self, deg, start_s, seconds):
        """Turn the head by a yaw within a time."""
        self.tape.pose_rad[: self.n, 0] += np.radians(deg) * np.clip((self.t_s - start_s) / seconds, 0, 1)
        return self

    def against(
        self, name="AU12", *, onset_s=AT_S, length_s=0.3, height=1.0, brief=True, apex_s=None, in_cm=True
    ):
        """Whether something speaks against a movement."""
        apex_s = onset_s + length_s / 2 if apex_s is None else apex_s
        times = [FIRST_NS + round(t_s * 1e9) for t_s in (onset_s, apex_s, onset_s + length_s)]
        shape = Shape(
            channel=SPOTTED.index(name),
            onset_ns=times[0],
            apex_ns=times[1],
            offset_ns=times[2],
            height=height,
        )
        return Reasons(self.tape, self.noise, FIRST_NS, HALF_NS, in_cm=in_cm).against(shape, brief=brief)


@pytest.mark.parametrize("name", SPOTTED)
@pytest.mark.parametrize("brief", [True, False])
def test_nothing_speaks_against_a_still_scene(name, brief):
    """A movement of any channel in a still face that does not speak stands."""
    assert Scene().against(name, brief=brief, length_s=0.3 if brief else 2.0) is False


@pytest.mark.parametrize(
    ("brief", "onset_s", "young"), [(True, 0.99, 1), (True, 1.01, 0), (False, 0.29, 1), (False, 0.31, 0)]
)
def test_a_young_track(brief, onset_s, young):
    """Nothing brief in the first second of a track, nothing longer in its first 0.3 s."""
    assert Scene().against(onset_s=onset_s, brief=brief, length_s=0.3 if brief else 2.0) == bool(young)


@pytest.mark.parametrize(("onset_s", "height", "faked"), [(0.9, 0.47, 1), (0.9, 0.49, 0), (1.1, 0.25, 0)])
def test_a_turn_of_a_young_track(onset_s, height, faked):
    """In the first second of a track a turn of four degrees may fake .48 cm of a smile, after it .24 cm."""
    scene = Scene().turn(4.0, onset_s, 0.3)
    assert scene.against(onset_s=onset_s, length_s=2.0, brief=False, height=height) == bool(faked)


@pytest.mark.parametrize(("samples_n", "known"), [(59, 0), (60, 1)])
def test_where_a_head_usually_points(samples_n, known):
    """Where a head usually points is known from the sixtieth sample on: after three seconds or more."""
    noise, row = Noise(5.0), np.zeros(COLUMNS)
    for k in range(samples_n):
        noise.take(k * 10**9, row, row, row, row, pose_rad=np.full(3, 0.1))
        noise.refresh(k * 10**9)
    assert np.isfinite(noise.pose_rad).all() == bool(known)


@pytest.mark.parametrize(
    ("start_s", "end_s", "dim"), [(4.9, 4.98, 0), (4.9, 5.0, 1), (5.3, 6.0, 1), (5.32, 6.0, 0)]
)
def test_a_dim_face(start_s, end_s, dim):
    """A brief movement during which the face is small or uncertain is none; a longer one is."""
    scene = Scene().flag(1, start_s, end_s)
    assert scene.against() == bool(dim)
    assert scene.against(brief=False, length_s=2.0) is False


@pytest.mark.parametrize(
    ("gap_s", "brief", "length_s", "sparse"),
    [
        *((0.06, True, 0.3, 0), (0.08, True, 0.3, 1), (0.08, False, 0.72, 1), (0.08, False, 0.76, 0)),
        (0.06, False, 0.6, 0),
    ],
)
def test_missing_frames(gap_s, brief, length_s, sparse):
    """Frames more than 0.07 s apart hide a brief movement, and one of half a second and three steps."""
    assert Scene(gap_s).against(brief=brief, length_s=length_s) == bool(sparse)


@pytest.mark.parametrize(("speed", "fast"), [(19.0, 0), (21.0, 1)])
def test_a_turning_head(speed, fast):
    """A brief movement while the head turns by more than 20 degrees a second is none."""
    assert Scene().turn(speed, AT_S - 0.5, 1.0).against() == bool(fast)
    assert Scene().turn(-speed, AT_S - 0.5, 1.0).against() == bool(fast)


@pytest.mark.parametrize(("start_s", "fast"), [(4.55, 0), (4.75, 1), (5.2, 1), (5.32, 0)])
def test_when_the_head_turns(start_s, fast):
    """A turn of 0.2 s counts from 0.15 s before the movement until its end."""
    assert Scene().turn(8.0, start_s, 0.2).against() == bool(fast)


def test_a_blink_while_the_head_turns():
    """People blink while they turn: a blink counts whatever the head does."""
    assert Scene().turn(30.0, AT_S + 0.1, 0.05).against("AU45") is False


@pytest.mark.parametrize(("height", "restless"), [(0.51, 0), (0.53, 1)])
@pytest.mark.parametrize("at_s", [4.6, 5.55])
def test_a_restless_channel(height, restless, at_s):
    """A brief movement is 1.3 times higher than what its channel does 0.6 s before and 0.35 s after it."""
    scene = Scene().bump("AU12", height / 1.3, at_s, 0.3)
    assert scene.against(height=0.52) == bool(restless)
    assert scene.against("AU25", height=0.52) is False


@pytest.mark.parametrize(("at_s", "restless"), [(4.2, 0), (4.5, 1), (5.5, 1), (5.85, 0)])
def test_when_a_channel_is_restless(at_s, restless):
    """Unrest counts from 0.6 s before a movement to 0.35 s after it, less what lies within 0.07 s of it."""
    assert Scene().bump("AU12", 1.0, at_s, 0.3).against() == bool(restless)
    assert Scene().bump("AU12", 1.0, 5.15, 0.4).against() is False


@pytest.mark.parametrize(
    ("start_s", "end_s", "spoken"),
    [
        *((4.0, 4.68, 0), (4.0, 4.72, 1), (6.28, 7.0, 1), (6.32, 7.0, 0)),
    ],
)
def test_speech_around_a_brief_movement(start_s, end_s, spoken):
    """Speech from 0.3 s before to 1 s after takes a brief movement of the mouth, and of brows below 12 sd."""
    scene = Scene().flag(0, start_s, end_s)
    assert scene.against("AU12") == bool(spoken)
    for name in ("AU01", "AU02", "AU04", "AU05", "AU07"):
        assert scene.against(name, height=11.9 * SD) == bool(spoken)
        assert scene.against(name, height=12.1 * SD) is False


@pytest.mark.parametrize(
    ("name", "length_s", "apex_s", "spoken"),
    [
        *(("AU25", 0.8, 5.3, 1), ("AU25", 3.0, 4.97, 0), ("AU01", 0.8, 5.3, 0), ("AU45", 0.8, 5.3, 0)),
        *(("AU12", 1.49, 5.3, 1), ("AU12", 1.51, 5.3, 0)),
        *(("AU10", 0.94, 5.3, 1), ("AU10", 2.0, 5.3, 0)),
    ],
)
def test_speech_in_a_longer_movement(name, length_s, apex_s, spoken):
    """Speech up to a second after the apex takes a longer lower-face movement, not one held long enough."""
    scene = Scene().flag(0, 6.0, 6.2)
    assert scene.against(name, length_s=length_s, apex_s=apex_s, brief=False) == bool(spoken)


@pytest.mark.parametrize(("height", "turned"), [(0.23, 1), (0.25, 0)])
def test_a_turn_explains_a_longer_movement(height, turned):
    """A turn of four degrees up to the apex explains .24 cm of a longer movement of AU12."""
    scene = Scene().turn(4.0, AT_S + 0.1, 0.3)
    assert scene.against(length_s=2.0, apex_s=AT_S + 1, height=height, brief=False) == bool(turned)
    assert scene.against(length_s=2.0, apex_s=AT_S + 0.05, height=height, brief=False) is False


@pytest.mark.parametrize(("usual_deg", "turned"), [(40, False), (38, False), (30, True), (0, True)])
def test_who_looks_back_has_a_face_as_usual(usual_deg, turned):
    """A turn of forty degrees to within four of the usual pose explains no .5 cm of AU12, one away does."""
    scene = Scene().turn(40.0, AT_S - 0.5, 0.4)
    scene.noise.pose_rad[:] = np.radians([usual_deg, 0, 0])
    assert scene.against(length_s=2.0, apex_s=AT_S + 1, height=0.5, brief=False) == turned


@pytest.mark.parametrize("name", SPOTTED[:-1])
@pytest.mark.parametrize("brief", [True, False])
def test_what_a_closing_eye_explains(name, brief):
    """A movement beside a closing eye is none where it is no higher than what the eye drags along."""
    scene = Scene().bump("AU45", 0.3, AT_S + 0.15, 0.3)
    length_s = 0.3 if brief else 1.4
    limit = DRAGGED.get(name, 0.0) * 0.3
    kept = {"brief": brief, "length_s": length_s, "apex_s": AT_S + 0.15}
    if limit:
        assert scene.against(name, height=0.99 * limit, **kept) is True
        assert Scene().against(name, height=0.99 * limit, **kept) is False
    assert scene.against(name, height=1.01 * limit + 0.01, **kept) == (name == "AU04")


@pytest.mark.parametrize(
    ("closing", "sd", "closes"),
    [
        *((0.031, SD / 2, 1), (0.029, SD / 2, 0), (0.041, SD, 1), (0.039, SD, 0)),
    ],
)
def test_when_an_eye_closes(closing, sd, closes):
    """An eye closes by more than 0.03 of its opening and four noise deviations of it."""
    scene = Scene().bump("AU45", closing, AT_S + 0.15, 0.3)
    scene.noise.sd[:] = sd
    assert scene.against("AU01", height=0.5 * closing) == bool(closes)


@pytest.mark.parametrize(
    ("at_s", "brief", "beside"),
    [
        *((4.82, True, 0), (4.87, True, 1), (5.43, True, 1), (5.48, True, 0)),
        *((5.3, False, 0), (5.37, False, 1), (5.63, False, 1), (5.7, False, 0)),
    ],
)
def test_when_a_blink_is_beside(at_s, brief, beside):
    """A blink counts within 0.15 s of a brief movement, and of the apex of a longer one."""
    scene = Scene().bump("AU45", 0.3, at_s, 0.02)
    kept = {"length_s": 0.3 if brief else 1.0, "apex_s": 5.15 if brief else 5.5, "brief": brief}
    assert scene.against("AU01", height=0.2, **kept) == bool(beside)


@pytest.mark.parametrize(("length_s", "explained"), [(1.49, 1), (1.51, 0)])
def test_a_long_movement_is_no_blinks(length_s, explained):
    """What lasts more than 1.5 s is not what a blink leaves in a channel."""
    scene = Scene().bump("AU45", 0.3, AT_S + 0.3, 0.3)
    assert scene.against("AU01", height=0.2, brief=False, length_s=length_s, apex_s=AT_S + 0.3) == bool(
        explained
    )


@pytest.mark.parametrize(
    ("drawn", "longer", "turn_deg", "far", "frown"),
    [
        *((0.11, 0.31, 0.0, False, 1), (0.09, 0.31, 0.0, False, 0), (0.11, 0.29, 0.0, False, 0)),
        *((0.11, 0.31, 1.4, False, 1), (0.11, 0.31, 1.6, False, 0), (0.11, 0.31, 0.0, True, 0)),
    ],
)
def test_a_frown_that_closes_the_eye(drawn, longer, turn_deg, far, frown):
    """A lowered brow stands beside a blink where brows meet, the jaw drops, the head is still and near."""
    scene = Scene().bump("AU45", 0.3, AT_S + 0.15, 0.3).turn(turn_deg, AT_S + 0.1, 0.05)
    scene.bump("AU04", 0.5 + drawn * 0.3, AT_S + 0.15, 0.3).bump("AU01", -0.5, AT_S + 0.15, 0.3)
    scene.bump("AU26", longer * 0.3, AT_S + 0.15, 0.3)
    if far:
        scene.flag(2, AT_S + 0.1, AT_S + 0.12)
    assert scene.against("AU04", height=0.5 + drawn * 0.3) == (not frown)


def test_how_long_a_movement_waits():
    """A movement is judged a second after its end, when speech beside it is known; a blink after 0.4 s."""
    for name, after_ns in (("AU12", 1_000_000_000), ("AU45", 400_000_000)):
        shape = Shape(channel=SPOTTED.index(name), onset_ns=1, apex_ns=2, offset_ns=3, height=1.0)
        assert Reasons.known_ns(shape) == 3 + after_ns


@pytest.mark.parametrize(("length_s", "opened", "explained"), [(1.0, 0.86, 1), (1.0, 0.8, 0), (1.6, 3.0, 0)])
def test_an_opening_mouth_widens(length_s, opened, explained):
    """A mouth that opens five sixths as far as its corners rise explains a smile of under 1.5 s."""
    scene = Scene().bump("AU12", 1.0, AT_S + 0.5, 1.0).bump("AU25", opened, AT_S + 0.5, 1.0)
    assert scene.against(length_s=length_s, brief=False) == bool(explained)


@pytest.mark.parametrize("name", ["AU01", "AU02", "AU04"])
@pytest.mark.parametrize(("height", "length_s"), [(0.14, 0.3), (0.16, 0.3), (0.14, 0.6)])
def test_an_opening_mouth_shakes_the_brows(name, height, length_s):
    """A brief raise of the brows no higher than .15 of the mouth's opening meanwhile is the mouth's."""
    scene = Scene().bump("AU25", 1.0, AT_S + 0.15, 0.3)
    explained = name != "AU04" and height < 0.15 and length_s < 0.5
    assert scene.against(name, height=height, length_s=length_s, brief=length_s < 0.5) == explained
    assert Scene().against(name, height=height, length_s=length_s, brief=length_s < 0.5) is False


PULLED = {
    "AU01": 0.13,
    "AU02": 0.10,
    "AU04": 0.14,
    "AU05": 0.04,
    "AU07": 0.08,
    "AU10": 0.17,
    "AU18": 0.10,
    "AU24": 0.08,
    "AU25": 0.23,
    "AU26": 0.25,
}


@pytest.mark.parametrize("name", SPOTTED)
def test_a_smile_pulls_a_share_of_its_height(name):
    """No more than a channel's share of the smile beside it, up to half a second away, is the smile's."""
    scene = Scene().bump("AU12", 2.0, AT_S + 1, 1.2)
    share = 2.0 * PULLED.get(name, 0.0)
    for onset_s, beside in ((AT_S + 0.2, True), (AT_S + 2.3, False)):
        explained = name in PULLED and beside
        assert (
            scene.against(name, onset_s=onset_s, length_s=1.8, height=share * 0.99, brief=False) == explained
        )
        assert scene.against(name, onset_s=onset_s, length_s=1.8, height=share * 1.02, brief=False) is False
    in_units = scene.against(name, onset_s=AT_S + 0.2, length_s=1.8, height=0.9, brief=False, in_cm=False)
    assert in_units is False


@pytest.mark.parametrize(("height_sd", "turned"), [(13.9, True), (14.1, False)])
def test_a_turn_in_units_of_a_table(height_sd, turned):
    """Where channels are not in cm, a turn of two degrees from onset to apex explains 14 noise deviations."""
    scene = Scene().turn(2.0, AT_S, 0.5)
    height = height_sd * SD
    assert scene.against(length_s=2.0, apex_s=AT_S + 1, height=height, brief=False, in_cm=False) == turned


@pytest.mark.parametrize(("name", "spoken"), [("AU12", False), ("AU25", True)])
def test_a_mouth_that_opens_again_and_again_speaks(name, spoken):
    """Of two seconds with four rises during speech the mouth's are words, a smile's are not."""
    scene = Scene().flag(0, 4.0, 8.0)
    for k in range(4):
        scene.bump(name, 1.0, AT_S + 0.25 + k / 2, 0.4)
    assert scene.against(name, length_s=2.0, brief=False) == spoken
