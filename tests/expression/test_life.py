"""Who is alive: eyes that blink and heads that turn, on scripted evidence; what posters and drawings lack."""

import numpy as np
import pytest

from edge.expression.life import LEAST_S, WINDOW_S, Life
from edge.expression.signs import Look
from tests.expression.faces import bump

NOISE = 0.006
BLINK_S = 0.25
CANTHUS_PX = 80.0


def evidence(seconds, blinks_s, rate_hz=25.0, *, height=0.25, eyes=(1.0, 1.0), width_s=BLINK_S):
    """Return times and the closures of both eyes, [n, 2], with noise and blinks from the given times on."""
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    rng = np.random.default_rng(3)
    shape = sum((bump(t_s, at_s, width_s) for at_s in blinks_s), np.zeros_like(t_s))
    return t_s, height * shape[:, None] * np.array(eyes) + NOISE * rng.standard_normal((len(t_s), 2))


def turning(rate_hz=25.0, *, by_deg=30.0, every_s=4.0, seconds=30.0):
    """Return times, eyes that never close, and a head that turns to and fro."""
    t_s, closure = evidence(seconds, (), rate_hz)
    return t_s, closure, by_deg / 2 * np.sin(2 * np.pi * t_s / every_s)


def shown_s(t_s, closure, yaw_deg=None, *, opening=0.0, presence=1.0, likeness=0.97, at_px=0.0, life=None):
    """Return when a face is shown to be alive; None when it never is."""
    life = life or Life()
    rng = np.random.default_rng(4)
    yaw_deg, at_px = (np.broadcast_to(0.0 if one is None else one, t_s.shape) for one in (yaw_deg, at_px))
    mouth = opening * (t_s % 1.7) / 1.7 + 0.01 * rng.standard_normal(t_s.shape)
    for now_s, eyes, cm, deg, px in zip(t_s, closure, mouth, yaw_deg, at_px, strict=True):
        if life.update(Look(now_s, *eyes, cm, deg, 0.0, presence, likeness, px, 0.0, CANTHUS_PX)):
            return now_s
    return None


@pytest.mark.parametrize("rate_hz", [12.0, 15.0, 30.0, 60.0])
def test_a_still_person_who_blinks(rate_hz):
    """Somebody who does nothing but blink twice is alive, at any rate, soon after the second blink."""
    at_s = shown_s(*evidence(30, (3.0, 12.0), rate_hz))
    assert 12.0 < at_s <= 12.0 + BLINK_S + 0.4 + 1.1


def test_nobody_is_shown_in_the_first_seconds():
    """However often the eyes blink, the evidence has to last."""
    assert shown_s(*evidence(20, np.arange(0.5, 20, 0.7))) == pytest.approx(LEAST_S, abs=0.1)


def test_one_blink_and_a_mouth_that_opens():
    """One blink is enough beside a mouth that opens widely, not beside one that hardly moves."""
    seen = evidence(30, (3.0,))
    assert shown_s(*seen, opening=1.0) == pytest.approx(LEAST_S, abs=1.1)
    assert shown_s(*seen, opening=0.4) is None


@pytest.mark.parametrize("rate_hz", [12.0, 15.0, 30.0, 60.0])
def test_a_head_that_turns_to_and_fro_and_talks(rate_hz):
    """Somebody whose eyes are not to be read, who looks from one to the other and talks, is alive."""
    assert LEAST_S - 0.1 <= shown_s(*turning(rate_hz), opening=0.5) <= 14.0


@pytest.mark.parametrize(
    ("turned", "other"),
    [
        (turning(), {"opening": 0.0}),
        (turning(by_deg=12.0), {"opening": 1.0}),
        (turning(every_s=60.0, by_deg=80.0), {"opening": 1.0}),
        (turning(), {"opening": 1.0, "presence": 0.97}),
        (turning(), {"opening": 1.0, "likeness": 0.7}),
    ],
    ids=["shut lips", "a tilted picture", "a turntable", "a drawn face", "lines that jump"],
)
def test_turning_alone_is_no_life(turned, other):
    """Statues that turn, pictures that are tilted and talk, and what is hardly a face stay unconfirmed."""
    assert shown_s(*turned, **other) is None


@pytest.mark.parametrize(
    "closures",
    [
        evidence(60, ()),
        evidence(60, (3.0,)),
        evidence(60, (3.0, 3.0 + WINDOW_S + 2)),
        evidence(60, range(3, 60, 4), height=0.04),
        evidence(60, range(3, 60, 4), eyes=(1.0, 0.2)),
        evidence(60, range(3, 60, 4), width_s=1.2),
        (np.arange(1500) / 25, np.full((1500, 2), np.nan)),
    ],
    ids=["none", "one", "too far apart", "too low", "one eye", "too slow", "unseen"],
)
def test_what_is_not_alive(closures):
    """Eyes that do not blink twice in half a minute, both, quickly and clearly, show nothing."""
    assert shown_s(*closures) is None


def test_steps_are_no_blinks():
    """Lids that are lowered and stay so close without opening again."""
    t_s, closure = evidence(60, ())
    closure[(t_s % 8) > 4] += 0.3
    assert shown_s(t_s, closure) is None


def test_a_picture_that_is_shaken_does_not_blink():
    """What the eyes seem to do while the face moves fast is blur: the same blinks count at rest only."""
    t_s, closure = evidence(40, range(3, 40, 4))
    shaken_px = 0.5 * CANTHUS_PX * np.sin(2 * np.pi * 2.3 * t_s)
    assert shown_s(t_s, closure, at_px=shaken_px) is None
    assert shown_s(t_s, closure, at_px=shaken_px / 10) is not None


def test_narrow_eyes_count_while_the_head_is_steady():
    """Low blinks far above the noise are those of narrow eyes; a head that turns moves the lids as much."""
    t_s, closure = evidence(40, range(3, 40, 4), height=0.1)
    nods = 8.0 * np.sin(2 * np.pi * t_s)
    assert shown_s(t_s, closure) is not None
    assert shown_s(t_s, closure, nods) is None
    assert shown_s(t_s, 2.5 * closure, nods) is not None


@pytest.mark.parametrize(("presence", "likeness"), [(0.94, 0.97), (1.0, 0.7), (1.0, np.nan), (0.94, 0.7)])
def test_what_blinks_but_is_no_face_of_skin(presence, likeness):
    """Blinks do not help where the mesh hardly sees a face, or where its texture jumps or is unknown."""
    assert shown_s(*evidence(40, range(3, 40, 4)), presence=presence, likeness=likeness) is None


def test_texture_may_change_more_between_frames_far_apart():
    """A likeness that is too low for 25 frames a second is ordinary motion at 12."""
    assert shown_s(*evidence(30, (3.0, 12.0), 25.0), likeness=0.65) is None
    assert shown_s(*evidence(30, (3.0, 12.0), 12.0), likeness=0.65) is not None


def test_who_was_shown_stays_and_a_wipe_begins_again():
    """No more evidence is needed until the end of the track; a wipe takes it all."""
    life = Life()
    assert shown_s(*evidence(30, (3.0, 12.0)), life=life) is not None
    assert life.update(Look(90.0, *[np.nan] * 5, 0.5, np.nan, 0.0, 0.0, CANTHUS_PX))
    life.wipe()
    assert not life.update(Look(91.0, *[0.0] * 5, 1.0, 1.0, 0.0, 0.0, CANTHUS_PX))
