"""The channel table: which landmarks make which action unit, how far each is to be trusted, what is usual.

Every feature is a weighted sum of three kinds of term over named points of the aligned mesh (cm): `d` a
distance, `y` a height of one point over another, `z` how far one lies in front of another. Features rise with
the movement they are named after.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.landmarks import OUTER_CANTHI
from edge.records import CHANNELS

Kind = Literal["d", "y", "z"]
Term = tuple[Kind, str, str, float]
"""Kind, point, other point, weight."""

_OUTER_R, _OUTER_L = OUTER_CANTHI
POINTS: dict[str, tuple[int, ...]] = {
    "brow_inner_r": (55, 107),
    "brow_inner_l": (285, 336),
    "brow_outer_r": (46, 70),
    "brow_outer_l": (276, 300),
    "canthus_inner_r": (133,),
    "canthus_inner_l": (362,),
    "canthus_outer_r": (_OUTER_R,),
    "canthus_outer_l": (_OUTER_L,),
    "canthi_r": (_OUTER_R, 133),
    "canthi_l": (_OUTER_L, 362),
    "lid_upper_r": (159, 158, 160),
    "lid_upper_l": (386, 385, 387),
    "lid_lower_r": (145, 144, 153),
    "lid_lower_l": (374, 373, 380),
    "lid_rim_r": (145,),
    "lid_rim_l": (374,),
    "cheek_r": (118,),
    "cheek_l": (347,),
    "nostril_r": (129,),
    "nostril_l": (358,),
    "nose_bridge": (195, 197),
    "nose_base": (2,),
    "upper_lip_sides": (37, 267),
    "upper_lip": (0,),
    "upper_lip_inner": (13,),
    "lower_lip_inner": (14,),
    "lower_lip": (17,),
    "lips": (0, 17),
    "mouth_middle": (13, 14),
    "corner_r": (61,),
    "corner_l": (291,),
    "corners": (61, 291),
    "chin": (152,),
}
"""Landmarks averaged into each named point; r is the subject's right."""

EYES = ((_OUTER_R, 160, 158, 133, 153, 144), (_OUTER_L, 387, 385, 362, 380, 373))
"""Landmarks p1..p6 of the eye aspect ratio (Soukupova & Cech 2016), right and left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One action unit as a feature of the aligned mesh."""

    name: str
    """Name in the facial action coding system, two digits."""
    tier: Literal["A", "B", "C"]
    """A and B feed measures; C is exported and feeds none."""
    terms: tuple[Term, ...]
    """The feature; empty for AU45, which is 1 - EAR / the person's own median EAR."""
    scale: float
    """Site prior of the robust standard deviation over minutes, cm (AU45 unit-free); ours."""
    noise: float
    """Site prior of the frame-to-frame noise at 100 px between the outer canthi, same unit; ours."""
    bipolar: bool = False
    """Moves both ways from neutral: the baseline is the median, not the tenth percentile."""
    upper: bool = False
    """Upper face: a blink nearby disqualifies an event."""
    near: bool = False
    """Terms of one side of the face weigh by how far that side is turned to the camera."""
    max_yaw_deg: float = 30.0
    """Not measurable in a head turned sideways by more than this (`docs/signals.md`)."""
    max_pitch_deg: float = 20.0
    """Not measurable in a head tilted up or down by more than this (`docs/signals.md`)."""


def _both(kind: Kind, a: str, b: str, weight: float) -> tuple[Term, Term]:
    """Return the mean of the right and the left side of a term."""
    return (kind, f"{a}_r", f"{b}_r", weight / 2), (kind, f"{a}_l", f"{b}_l", weight / 2)


# The mesh drags the canthi along with the brows; the bridge of the nose stays (measured on the stage).
_INNER_BROW: tuple[Term, Term] = (
    ("y", "brow_inner_r", "nose_bridge", 0.5),
    ("y", "brow_inner_l", "nose_bridge", 0.5),
)
_ELEVATION: Term = ("y", "corners", "mouth_middle", 1.0)
_WIDTH: Term = ("d", "corner_r", "corner_l", 1.0)
_OPENING: Term = ("d", "upper_lip_inner", "lower_lip_inner", 1.0)
_LIPS: tuple[Term, ...] = (
    ("d", "upper_lip", "upper_lip_inner", -1.0),
    ("d", "lower_lip_inner", "lower_lip", -1.0),
)


def _times(term: Term, weight: float) -> Term:
    return (term[0], term[1], term[2], term[3] * weight)


TABLE: tuple[Channel, ...] = (
    Channel(name="AU01", tier="A", terms=_INNER_BROW, scale=0.10, noise=0.02, upper=True),
    Channel(
        name="AU02",
        tier="A",
        terms=(("y", "brow_outer_r", "nose_bridge", 0.5), ("y", "brow_outer_l", "nose_bridge", 0.5)),
        scale=0.10,
        noise=0.02,
        upper=True,
    ),
    Channel(
        name="AU04",
        tier="B",
        terms=(*(_times(t, -1.0) for t in _INNER_BROW), ("d", "brow_inner_r", "brow_inner_l", -0.5)),
        scale=0.10,
        noise=0.02,
        bipolar=True,
        upper=True,
    ),
    Channel(
        name="AU05",
        tier="B",
        terms=_both("y", "lid_upper", "canthi", 1.0),
        scale=0.04,
        noise=0.01,
        upper=True,
    ),
    Channel(
        name="AU06", tier="C", terms=_both("d", "lid_rim", "cheek", -1.0), scale=0.06, noise=0.01, upper=True
    ),
    Channel(
        name="AU07",
        tier="B",
        terms=_both("y", "lid_lower", "canthi", 1.0),
        scale=0.03,
        noise=0.01,
        upper=True,
    ),
    Channel(
        name="AU09",
        tier="C",
        terms=_both("d", "nostril", "canthus_inner", -1.0),
        scale=0.04,
        noise=0.01,
        upper=True,
    ),
    Channel(
        name="AU10",
        tier="B",
        terms=(("d", "upper_lip", "nose_base", -0.5), ("y", "upper_lip_sides", "nose_base", 0.5)),
        scale=0.06,
        noise=0.015,
        max_yaw_deg=45.0,
    ),
    Channel(
        name="AU12",
        tier="A",
        terms=(_WIDTH, ("y", "corner_r", "mouth_middle", 0.75), ("y", "corner_l", "mouth_middle", 0.75)),
        scale=0.15,
        noise=0.03,
        near=True,
        max_yaw_deg=45.0,
        max_pitch_deg=30.0,
    ),
    Channel(
        name="AU14", tier="C", terms=(_WIDTH, _times(_OPENING, -1.0)), scale=0.12, noise=0.03, bipolar=True
    ),
    Channel(name="AU15", tier="C", terms=(_times(_ELEVATION, -1.0),), scale=0.06, noise=0.015, bipolar=True),
    Channel(
        name="AU17", tier="C", terms=(("d", "lower_lip", "chin", -1.0),), scale=0.08, noise=0.02, bipolar=True
    ),
    Channel(
        name="AU18",
        tier="B",
        terms=(_times(_WIDTH, -1.0), ("z", "lips", "corners", 1.0)),
        scale=0.15,
        noise=0.03,
        bipolar=True,
        max_yaw_deg=35.0,
    ),
    Channel(
        name="AU20", tier="C", terms=(_WIDTH, _times(_ELEVATION, -1.5)), scale=0.12, noise=0.03, bipolar=True
    ),
    Channel(name="AU23", tier="C", terms=_LIPS, scale=0.05, noise=0.015, bipolar=True),
    Channel(
        name="AU24",
        tier="B",
        terms=(*_LIPS, _times(_OPENING, -2.0)),
        scale=0.15,
        noise=0.03,
        bipolar=True,
        max_yaw_deg=35.0,
    ),
    Channel(name="AU25", tier="A", terms=(_OPENING,), scale=0.12, noise=0.015, max_yaw_deg=55.0),
    Channel(
        name="AU26",
        tier="A",
        terms=(("d", "nose_base", "chin", 1.0),),
        scale=0.15,
        noise=0.03,
        max_yaw_deg=55.0,
        max_pitch_deg=30.0,
    ),
    Channel(name="AU45", tier="A", terms=(), scale=0.05, noise=0.02, max_yaw_deg=40.0),
)
"""Tiers after the agreement of each feature with published models and with the stage (`docs/signals.md`)."""

INDEX: dict[str, int] = {name: i for i, name in enumerate(CHANNELS)}
TIERS: dict[str, str] = {channel.name: channel.tier for channel in TABLE}
ACTIVE: NDArray[np.bool_] = np.array([channel.tier != "C" for channel in TABLE])
"""Channels of tier A and B, [C]."""
LIMITS_DEG: Floats = np.array([[one.max_yaw_deg for one in TABLE], [one.max_pitch_deg for one in TABLE]])
"""Yaw and pitch beyond which each channel is not measurable, degrees, [2, C]."""
