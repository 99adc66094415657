"""Who counts, from pixels to messages: people who blink, and no picture of a face."""

import pytest

from edge.config import Config
from edge.config.sections import PrivacySection
from edge.pipeline import Engine
from edge.privacy import Door
from edge.stage import Script, Stage
from edge.stage.script import Envelope, Own, Person, Sway
from tests.validate.rooms import photos

STILL = Sway(x_px=0.3, y_px=0.3, scale=0.001, roll_deg=0.2, yaw_deg=0.2, pitch_deg=0.2)
BLINK = Envelope(amplitude=(1.0, 1.0), onset_s=(0.07, 0.1), hold_s=(0.02, 0.06), offset_s=(0.12, 0.18))


def reports(frames):
    """Return the reports of a film, and in how many frames the engine saw signals of somebody."""
    engine, measured = Engine(Config(), seed=1), 0
    found = []
    for frame in frames:
        found.append(engine.update(frame))
        measured += bool(engine.signals.views.latest)
    found.append(engine.signals.finish())
    return [one for one in found if one is not None], measured


def said(found, profile):
    """Return the counts and the kinds of messages a profile says about reports."""
    door = Door(PrivacySection(profile=profile), muted=lambda: False, consent=lambda: True)
    messages = [message for report in found for message in door.filter(report)]
    counts = {message.body["count"] for message in messages if message.kind == "live"}
    return counts, {message.kind for message in messages}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("openvino-people/people2.jpeg", "moving on a screen"),
        ("scikit-image/astronaut.png", "on the wall"),
        ("scikit-image/astronaut.png", "shaken"),
    ],
)
def test_portraits_are_nobody(name, how):
    """A photograph on the wall, on a screen or in a hand is neither counted nor measured nor published."""
    if not (photos.DATA / name).exists():
        pytest.skip("needs the recordings of ../shared/data")
    frames = (frame for frame in photos.frames(name, speed=photos.HOW[how]) if frame.t_ns <= 20e9)
    found, measured = reports(frames)
    assert measured == 0
    assert found
    assert said(found, "workplace") == said(found, "research") == ({0}, {"live"})


@pytest.mark.slow
def test_people_who_hold_still_and_blink_are_people():
    """Two people who do nothing but blink are counted within 30 s, and stay so for two minutes."""
    people = tuple(
        Person(portrait=portrait, position=(x, 0.45), canthus_px=90.0, sway=STILL)
        for portrait, x in (("astronaut", 0.3), ("hopper", 0.7))
    )
    blinks = Own(people=(0, 1), channels=("AU45",), per_minute=12, shape=BLINK)
    script = Script(size_px=(640, 360), rate_hz=15.0, seconds=120.0, people=people, own=(blinks,), seed=3)
    with Stage(script) as stage:
        found, _ = reports(stage)
    assert {len(report.present) for report in found if report.t_ns >= 30e9} == {2}
    assert min(report.t_ns for report in found if report.present) >= 8e9
