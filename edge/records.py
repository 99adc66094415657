"""The frozen types that pass between modules; nothing else passes.

`t_ns` is sensor time, ns. Arrays are read-only (`frozen`). Not measurable is NaN or None, never 0.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.missing import Missing, Seen
from edge.plain import Json

State = Literal["insufficient", "at_chance", "above", "below"]
Reason = Literal["few_people", "short", "absent", "unseen", "common_light", "speaker", "too_few"]
MessageKind = Literal["live", "event", "summary", "movement", "coupling", "measure"]
BRIEF_MAX_S = 0.5  # longest brief movement (Yan et al. 2013)
_NUMBERS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 18, 20, 23, 24, 25, 26, 45)
CHANNELS: tuple[str, ...] = tuple(f"AU{number:02d}" for number in _NUMBERS)
"""Names of the action units, in the order of `Expression.raw` and `Expression.x`."""


def frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Mark an array read-only and return it."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture from a camera. Lives in memory only."""

    t_ns: int
    """Sensor time of the first pixel, ns."""
    index: int
    """Number of the frame, 0 for the first delivered."""
    image: NDArray[np.uint8]
    """RGB, upright, [H, W, 3], C-contiguous rows."""
    row_ns: float = 0.0
    """Rolling shutter: time between two rows, ns; negative if read upwards, 0 if none or unknown."""
    column_ns: float = 0.0
    """The same between two columns: not 0 where the picture was turned by a right angle."""
    view: int = 0
    """Which of the cameras of the meeting made it, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One tracked face in one frame: where its mesh is to be read."""

    t_ns: int
    """Sensor time of the face's own rows, ns."""
    index: int
    """Number of the frame."""
    person: int
    """Stable number of the person in this meeting, never an identity."""
    box_px: tuple[float, float, float, float]
    """Face box x, y, width, height in frame pixels."""
    crop_px: tuple[float, float, float, float]
    """Rotated square to crop: centre x, centre y, side in frame pixels, angle in radians."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """468 landmarks of one person in one frame."""

    t_ns: int
    """Sensor time of the face's own rows, ns."""
    index: int
    """Number of the frame."""
    person: int
    """Stable number of the person in this meeting."""
    points_px: NDArray[np.float32]
    """Landmarks x, y, z in frame pixels, y down, z towards the scene, [468, 3]."""
    presence: float
    """Probability that the crop holds a face, 0..1."""
    box_px: tuple[float, float, float, float]
    """Extent of the landmarks x, y, width, height in frame pixels."""
    likeness: float = float("nan")
    """Correlation of the face's crop with its crop of the frame before, -1..1; NaN without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """Action-unit signals of one person in one frame, free of head pose and face size."""

    t_ns: int
    """Sensor time, ns."""
    index: int
    """Number of the frame."""
    person: int
    """Stable number of the person in this meeting."""
    raw: Floats
    """By `CHANNELS`, [C]: cm at 8.89 cm between the outer canthi, AU45 unit-free; NaN: not measurable."""
    x: Floats
    """The same after personal calibration, robust standard deviations, [C]; NaN during warm-up."""
    pose_rad: tuple[float, float, float]
    """Yaw, pitch, roll of the head against the camera, radians."""
    canthus_px: float
    """Distance between the outer canthi, frame pixels: the pixel budget."""
    presence: float
    """Probability that the crop held a face, 0..1."""
    box_px: tuple[float, float, float, float]
    """Face box x, y, width, height in frame pixels."""
    gain: float = float("nan")
    """Expressivity gain of this person against the site prior (measure 12), NaN during warm-up."""
    speaking: bool = False
    """Whether the mouth opens and closes as in speech."""
    closure: tuple[float, float] = (float("nan"), float("nan"))
    """How far the right and left eye are closed, 1 - aspect ratio / its own median; NaN without a mesh."""
    missing: Missing | None = None
    """Why AU12, the leading channel, has no calibrated value that counts; None where it has one."""
    in_cm: bool = True
    """Whether `raw` is in the unit above; False for a table of somebody else's, in units of its own."""
    confirmed: bool = True
    """Whether the face was shown to be alive: others are tracked, and neither counted nor measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of one channel of one person, from onset over apex to offset."""

    person: int
    """Who moved."""
    channel: str
    """Which channel, for example `AU12`."""
    onset_ns: int
    """Sensor time of the onset, ns."""
    apex_ns: int
    """Sensor time of the apex, ns."""
    offset_ns: int
    """Sensor time of the offset, ns."""
    amplitude: float
    """Height of the apex above the onset, in standard deviations of the channel's noise."""

    @property
    def duration_s(self) -> float:
        """Time from onset to offset, s."""
        return (self.offset_ns - self.onset_ns) / 1e9

    @property
    def brief(self) -> bool:
        """Whether it lasted at most `BRIEF_MAX_S`."""
        return self.duration_s <= BRIEF_MAX_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupling:
    """How one pair correlates on one channel over one window, at every lag."""

    pair: tuple[int, int]
    """Persons i, j; a positive lag means that i moves first and j follows."""
    channel: str
    """Which channel, for example `AU12`."""
    t_ns: int
    """Sensor time of the window's end, ns."""
    lags_s: Floats
    """Lags, s, [2L+1], ascending."""
    r: Floats
    """Pearson r at every lag, -1..1, [2L+1]; NaN where not measurable."""
    offsets_s: Floats
    """Offsets of the rows of `far_r`, s, [S]: those of `Tick.offsets_s`, or all of them negated."""
    far_r: Floats
    """The same around every far offset (null N1 and local baseline), [S, 2L+1]."""
    coverage: float
    """Share of valid sample pairs at lag 0, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One hop of the uniform grid: all the measures read. Arrays are views, valid until the next hop."""

    t_ns: int
    """Sensor time of the newest grid sample, ns."""
    rate_hz: float
    """Rate of the grid."""
    channels: tuple[str, ...]
    """Names of the signal channels."""
    people: tuple[int, ...]
    """Persons with a track, ascending."""
    present: tuple[int, ...]
    """Those of them who were seen in the last seconds, ascending."""
    x: dict[int, Floats]
    """Signals, robust sd of each person's own first seconds, [C, N] one time axis, oldest first; or NaN."""
    since_n: dict[int, int]
    """Grid samples since each person's track began, at most N."""
    pose_rad: dict[int, Floats]
    """Yaw, pitch, roll of each person, radians, [3, N]."""
    gain: dict[int, float]
    """Expressivity gain of each person (measure 12), NaN during warm-up."""
    offsets_s: Floats
    """Far-lag offsets, s, ascending; |s| < 30 s are the local baseline of null N2."""
    couplings: tuple[Coupling, ...]
    """Couplings of every pair and correlated channel after this hop."""
    events: tuple[Movement, ...]
    """Events closed since the last hop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """Mean and standard deviation of a statistic under its null, and its draws: they are never published."""

    mu: float
    sd: float
    draws: tuple[float, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Measure:
    """One of the fourteen measures for one subject, with everything needed to doubt it."""

    name: str
    """Published name, for example `expression_synchrony`."""
    subject: tuple[int, ...]
    """Directed pair (i, j), unordered pair i < j, one person (i,), or the room ()."""
    t_ns: int
    """Sensor time of the last sample used, ns."""
    value: float | None
    """The value in the measure's unit; None when not measurable."""
    unit: str
    """Unit of the value, for example `fisher_z`."""
    null: Null | None = None
    """The null the value is held against."""
    p: float | None = None
    """Probability under the null of a value at least as large, 0..1."""
    n: float = 0.0
    """Effective number of observations (windows, events or cycles, by measure)."""
    coverage: float = 0.0
    """Share of valid samples, 0..1."""
    confidence: float = 0.0
    """coverage * min(1, n / n_required), 0..1."""
    state: State = "insufficient"
    """Verdict: of a recording by p after the false-discovery correction, live by evidence."""
    reason: Reason | None = None
    """Why it is `insufficient`; None in every other state."""
    evidence: float | None = None
    """Evidence for `above`, or for either sign of a signed measure, bans (log10 of an e-value)."""
    span_ns: tuple[int, int] | None = None
    """Sensor time at which what is under way began and was last seen, ns; None while nothing is."""
    over_s: tuple[float, float] | None = None
    """First and last second of the recording that it rests on; None of a live device."""
    lag_s: float | None = None
    """Lag at the peak where the measure has one, s; positive: the first of the pair moves first."""
    extra: dict[str, float | None] = field(default_factory=dict)
    """Secondary values the measure defines, by name."""

    @property
    def z(self) -> float | None:
        """Distance of the value from its null in the null's standard deviations; None without either."""
        if self.value is None or self.null is None or not self.null.sd > 0:
            return None
        return (self.value - self.null.mu) / self.null.sd

    def __repr__(self) -> str:
        text = "null" if self.value is None else f"{self.value:.3g}"
        known = (("z", self.z), ("p", self.p), ("evidence", self.evidence), ("lag_s", self.lag_s))
        told = "".join(f", {name} {figure:.3g}" for name, figure in known if figure is not None)
        return f"Measure({self.name} of {self.subject or 'the room'}: {text} {self.unit}{told}, {self.state})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one hop of the pipeline knows; `privacy` decides what of it may be published."""

    t_ns: int
    """Sensor time, ns."""
    people: tuple[int, ...]
    """Persons the measures know, ascending: those present and those who left within the last minute."""
    present: tuple[int, ...]
    """Persons seen in the last seconds, ascending: those who count."""
    expressions: tuple[Expression, ...] = ()
    """The latest signals of each person."""
    events: tuple[Movement, ...] = ()
    """Events closed since the last report."""
    couplings: tuple[Coupling, ...] = ()
    """Couplings updated by this hop."""
    measures: tuple[Measure, ...] = ()
    """Every measure's result after this hop."""
    seen: tuple[Seen, ...] = ()
    """How much of each person's time was measurable; also of people the measures do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that may be published, as `privacy` let it through; nothing else is."""

    kind: MessageKind
    """`live`, `event` (an episode) and `summary` go to the hub; the lines take all but the first two."""
    t_ns: int
    """Sensor time, ns."""
    body: Json
    """The content in the names of the published schemas; NaN and None mean not measurable."""
    local: bool = False
    """Whether it must not leave the device (profile `personal`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request from the building, checked for form only; `privacy` and the pipeline decide."""

    kind: Literal["privacy", "room_privacy", "booking", "command"]
    """Which door it came through."""
    body: Json
    """The request with every field present; see `docs/mqtt.md`."""
    retained: bool = False
    """Whether the broker had kept it from before."""
    received_ns: int = 0
    """Monotonic time of arrival, ns."""
