"""The stage script as frozen records: what is in the scene, who moves when, who follows whom."""

from dataclasses import dataclass
from typing import Literal

CHANNELS = ("AU01", "AU02", "AU04", "AU06", "AU12", "AU15", "AU25", "AU26", "AU45")
PORTRAITS = ("astronaut", "hopper")
TINTS = ("plain", "blue", "green", "red", "grey")
VARIANTS = (*TINTS, "mirror", *(f"mirror-{tint}" for tint in TINTS[1:]))
MAX_PEOPLE = 16
MAX_SECONDS = 7200.0
SHORTEST_S = 0.06  # the briefest movement, onset to offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long after the cause a reaction begins."""

    mean: float = 0.7
    """Mean, s."""
    sd: float = 0.15
    """Standard deviation, s."""
    least: float = 0.05
    """Nothing reacts sooner, s."""
    shape: Literal["normal", "gamma"] = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Envelope of a movement; each pair is drawn from uniformly."""

    amplitude: tuple[float, float] = (0.5, 1.0)
    """Height, 0..1 of the channel's full movement."""
    onset_s: tuple[float, float] = (0.25, 0.45)
    """Time from rest to the apex."""
    hold_s: tuple[float, float] = (0.3, 1.2)
    """Time at the apex."""
    offset_s: tuple[float, float] = (0.35, 0.7)
    """Time from the apex to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A person's own movements: a renewal process with a dead time."""

    people: tuple[int, ...]
    channels: tuple[str, ...]
    """They move together."""
    per_minute: float
    shape: Envelope
    gap_s: float = 0.3
    """Least time between one offset and the next onset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mimicry:
    """The follower repeats the leader's movements that were not mimicry themselves."""

    leader: int
    follower: int
    channels: tuple[str, ...]
    probability: float
    delay: Delay
    gain: float = 1.0
    """Amplitude of the copy over that of the original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Moments to which everybody reacts and nobody follows anybody."""

    people: tuple[int, ...]
    channels: tuple[str, ...]
    per_minute: float
    probability: float
    delay: Delay
    shape: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One movement at a given time."""

    person: int
    channels: tuple[str, ...]
    at_s: float
    shape: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Speech-like motion of the mouth: syllables of irregular length."""

    person: int
    at_s: float
    seconds: float
    syllables_hz: float = 4.0
    amplitude: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sway:
    """Slow smooth motion of body and head, amplitudes of a sum of three sinusoids."""

    x_px: float = 3.0
    y_px: float = 2.0
    scale: float = 0.01
    roll_deg: float = 1.2
    yaw_deg: float = 1.5
    pitch_deg: float = 0.8
    hz: float = 0.15
    """Middle frequency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occlusion:
    """A hand-like disc that crosses the face."""

    at_s: float
    seconds: float
    radius: float = 0.7
    """Radius, outer-canthus distances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The head turns to a pose and stays there until the next turn; the sway goes on around it."""

    at_s: float
    """Begins to turn."""
    yaw_deg: float = 0.0
    """Positive: to the picture's right."""
    pitch_deg: float = 0.0
    """Positive: down."""
    move_s: float = 0.4
    """Time to the new pose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of the scene; the number is the place in the list."""

    portrait: str
    variant: str = "plain"
    position: tuple[float, float] = (0.5, 0.4)
    """Middle of the outer canthi, shares of the frame's width and height."""
    canthus_px: float = 100.0
    """Distance between the outer canthi, frame px."""
    enter_s: float = 0.0
    leave_s: float = MAX_SECONDS
    sway: Sway = Sway()
    occlusions: tuple[Occlusion, ...] = ()
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flicker:
    """Brightness that swings, as under a lamp."""

    depth: float = 0.0
    """Share of the brightness, 0..0.3."""
    hz: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole scene."""

    size_px: tuple[int, int] = (1280, 720)
    rate_hz: float = 30.0
    seconds: float = 60.0
    seed: int = 1
    jitter_s: float = 0.0
    """Standard deviation of the sensor's timing, s."""
    noise_sd: float = 2.0
    """Sensor noise, grey levels."""
    flicker: Flicker = Flicker()
    people: tuple[Person, ...] = ()
    own: tuple[Own, ...] = ()
    mimicry: tuple[Mimicry, ...] = ()
    shared: tuple[Shared, ...] = ()
    events: tuple[Planted, ...] = ()
    speech: tuple[Speech, ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames."""
        return max(1, round(self.seconds * self.rate_hz))
