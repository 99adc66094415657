"""Stage scenes of one person with known movements, measured by the same modules as everything else."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from edge.config.sections import EventsSection, ExpressionSection, FacesSection, TfliteSection
from edge.events import Spotter
from edge.expression import CHANNELS, Expressions
from edge.faces import FaceTracker
from edge.mesh import FaceMesh
from edge.stage import Stage
from edge.stage.script import Envelope, Person, Planted, Script, Speech, Sway

SIZE_PX = (360, 360)
MODEL = TfliteSection(threads=1)
TURNING = Sway(yaw_deg=15, pitch_deg=10, roll_deg=4, hz=0.2)
GROUPS = {
    "AU12": ("AU12",),
    "AU25": ("AU25", "AU26"),
    "AU01": ("AU01", "AU02"),
    "AU04": ("AU04",),
    "AU45": ("AU45",),
}
LEVELS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.1)  # outer-canthus distances
BLINK = Envelope(amplitude=(0.85, 1.0), onset_s=(0.08, 0.1), hold_s=(0.03, 0.08), offset_s=(0.1, 0.16))
ANY_BLINK = Envelope(amplitude=(0.4, 1.0), onset_s=(0.06, 0.15), hold_s=(0.0, 0.1), offset_s=(0.1, 0.25))
SPEECH = ((4.0, 0.5), (3.0, 0.8), (5.5, 0.35), (4.0, 1.0))  # syllables a second, amplitude


@dataclass
class Take:
    """A scene as planted and as measured."""

    truth: Any
    unit: dict[str, float]
    t_s: np.ndarray
    raw: np.ndarray
    pose_deg: np.ndarray
    events: list

    def planted(self, channel):
        """Planted amplitude of one channel, [F]."""
        return self.truth.channel(0, channel)[: len(self.t_s)]

    def measured(self, *channels):
        """Sum of raw channels, [F]."""
        return self.raw[:, [CHANNELS.index(name) for name in channels]].sum(axis=1)


def film(script):
    """Render a script and measure it; return the take."""
    stage = Stage(script)
    faces, mesh = (
        FaceTracker(FacesSection(), MODEL, seed=1),
        FaceMesh(FacesSection(), MODEL),
    )
    people, spotter = Expressions(ExpressionSection()), Spotter(EventsSection())
    raw = np.full((script.frames, len(CHANNELS)), np.nan)
    pose = np.full((script.frames, 3), np.nan)
    events = []
    for frame in stage:
        found = faces.observe(mesh.update(frame, faces.update(frame)))
        for expression in people.update(found, script.size_px)[:1]:
            raw[frame.index], pose[frame.index] = expression.raw, np.degrees(expression.pose_rad)
            events += spotter.update(expression)
    return Take(
        truth=stage.truth,
        unit=stage.geometry.unit[0],
        t_s=stage.truth.t_ns / 1e9,
        raw=raw,
        pose_deg=pose,
        events=events + spotter.finish(),
    )


def person(portrait, canthus_px=95.0, sway=Sway()):  # noqa: B008 - frozen
    """Put one portrait into the middle."""
    return Person(portrait=portrait, position=(0.5, 0.45), canthus_px=canthus_px, sway=sway)


def turns(portrait, seconds, seed=3):
    """Let groups of channels move one after the other, 0.3 to 1 of their full movement; blinks between."""
    rng = np.random.default_rng(seed)
    events, at_s, turn = [], 1.5, 0
    names = [name for name in GROUPS if name != "AU45"]
    while at_s < seconds - 3.5:
        shape = Envelope(amplitude=(0.3, 1.0), onset_s=(0.2, 0.6), hold_s=(0.2, 0.8), offset_s=(0.3, 0.7))
        events.append(Planted(person=0, channels=GROUPS[names[turn % 4]], at_s=at_s, shape=shape))
        events.append(Planted(person=0, channels=("AU45",), at_s=at_s + 2.4, shape=BLINK))
        at_s, turn = at_s + rng.uniform(2.9, 3.3), turn + 1
    return Script(
        size_px=SIZE_PX, seconds=seconds, seed=seed, people=(person(portrait),), events=tuple(events)
    )


def alone(portrait, group, seconds, seed=3):
    """One group of channels moves, 0.3 to 1 of its full movement."""
    rng = np.random.default_rng(seed)
    events, at_s = [], 1.5
    usual = Envelope(amplitude=(0.3, 1.0), onset_s=(0.2, 0.6), hold_s=(0.2, 0.8), offset_s=(0.3, 0.7))
    while at_s < seconds - 3:
        shape = BLINK if group == "AU45" else usual
        events.append(Planted(person=0, channels=GROUPS[group], at_s=at_s, shape=shape))
        at_s += rng.uniform(2.2, 3.5)
    return Script(
        size_px=SIZE_PX, seconds=seconds, seed=seed, people=(person(portrait),), events=tuple(events)
    )


def flashes(portrait, group, unit, seconds, *, rate_hz, gap_s, seed=0):
    """Brief movements of 100-400 ms at the levels that the portrait's full movement reaches."""
    rng = np.random.default_rng([seed, int(rate_hz), len(portrait)])
    channels = ("AU25",) if group == "AU25" else GROUPS[group]
    reachable = [level for level in LEVELS if level <= unit[channels[0]]]
    events, at_s = [], 3.0
    while at_s < seconds - 2:
        amplitude, half_s = float(rng.choice(reachable)) / unit[channels[0]], float(rng.uniform(0.05, 0.2))
        shape = Envelope(
            amplitude=(amplitude, amplitude),
            onset_s=(half_s, half_s),
            hold_s=(0, 0),
            offset_s=(half_s, half_s),
        )
        events.append(Planted(person=0, channels=channels, at_s=at_s, shape=shape))
        at_s += float(rng.uniform(*gap_s))
    return Script(
        size_px=SIZE_PX,
        rate_hz=rate_hz,
        seconds=seconds,
        seed=7,
        people=(person(portrait),),
        events=tuple(events),
    )


def turning(portrait, seconds):
    """Turn a neutral face by up to 20 degrees of yaw and 15 of pitch."""
    sway = Sway(yaw_deg=20, pitch_deg=15, roll_deg=5, hz=0.2)
    return Script(size_px=SIZE_PX, seconds=seconds, seed=4, people=(person(portrait, sway=sway),))


def talking(portrait, seconds):
    """Speech from the third second on in four manners with pauses of two seconds, nothing else."""
    each_s = (seconds - 4) / len(SPEECH)
    speech = tuple(
        Speech(person=0, at_s=3 + k * each_s, seconds=each_s - 2, syllables_hz=hz, amplitude=amplitude)
        for k, (hz, amplitude) in enumerate(SPEECH)
    )
    return Script(size_px=SIZE_PX, seconds=seconds, seed=5, people=(person(portrait),), speech=speech)


def blinking(portrait, seconds, seed=7):
    """Blinks of any depth and length every 1.2 to 3.5 s, nothing else."""
    rng = np.random.default_rng(seed)
    events, at_s = [], 2.0
    while at_s < seconds - 2:
        events.append(Planted(person=0, channels=("AU45",), at_s=at_s, shape=ANY_BLINK))
        at_s += rng.uniform(1.2, 3.5)
    return Script(
        size_px=SIZE_PX, seconds=seconds, seed=seed, people=(person(portrait),), events=tuple(events)
    )
