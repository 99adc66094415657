"""What tables of known programs look like: their names for channels, and what beside them is none."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LEADS = ("mouthsmileleft", "mouthsmileright", "browinnerup", "jawopen")
"""Blendshapes that come first, so that they carry the verdicts as AU12, AU01 and AU25 do."""
_SIDES = (
    *("browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut"),
    *("eyeLookUp", "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress"),
    *("mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer"),
)
_SINGLE = (
    *("browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose"),
    *("mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper"),
    *("mouthShrugLower", "mouthShrugUpper", "tongueOut"),
)
BLENDSHAPES = frozenset(
    name.lower() for name in (*_SINGLE, *(f"{name}{side}" for name in _SIDES for side in ("Left", "Right")))
)
"""The 52 names of ARKit, in lower case; MediaPipe writes them with a small first letter."""
LEAST_BLENDSHAPES = 10
_DEGREES = 57.29577951308232


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One program's table."""

    title: str
    """How it is called to the reader."""
    marks: frozenset[str] = frozenset()
    """Columns of which one must be there, in lower case; empty: none."""
    pattern: str = ""
    """Names of channels; the first group is the number of the action unit."""
    pose: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    """Columns of the head's turn, in lower case: our name and the factor to degrees."""
    not_time: frozenset[str] = frozenset()
    """Columns that look like a time and are too coarse to be one, in lower case."""

    def channel(self, name: str) -> str | None:
        """Name the channel that a column holds; None where it holds none."""
        found = re.fullmatch(self.pattern, name, re.IGNORECASE)
        return f"AU{int(found[1]):02d}" if found else None

    def fits(self, header: Iterable[str]) -> bool:
        """Whether a table with these columns is of this program."""
        names = {name.lower() for name in header}
        marked = not self.marks or bool(self.marks & names)
        return marked and any(self.channel(name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blendshapes:
    """Tables of 52 named weights."""

    title: str = "blendshapes"
    pose: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    not_time: frozenset[str] = frozenset()

    def channel(self, name: str) -> str | None:
        """Return the name of a blendshape as it is; None for other columns."""
        return name if name.lower() in BLENDSHAPES else None

    def fits(self, header: Iterable[str]) -> bool:
        """Whether enough columns are blendshapes."""
        return sum(name.lower() in BLENDSHAPES for name in header) >= LEAST_BLENDSHAPES


FORMATS: dict[str, Format | Blendshapes] = {
    "openface": Format(
        title="OpenFace",
        pattern=r"AU(\d\d)_r",
        pose={
            "pose_ry": ("yaw_deg", _DEGREES),
            "pose_rx": ("pitch_deg", _DEGREES),
            "pose_rz": ("roll_deg", _DEGREES),
        },
    ),
    "libreface": Format(
        title="LibreFace",
        pattern=r"au_(\d+)_intensity",
        pose={name: (f"{name}_deg", 1.0) for name in ("yaw", "pitch", "roll")},
    ),
    "pyfeat": Format(
        title="py-feat",
        marks=frozenset({"facescore", "facerectx"}),
        pattern=r"AU(\d\d)",
        pose={name: (f"{name}_deg", 1.0) for name in ("yaw", "pitch", "roll")},
        not_time=frozenset({"approx_time"}),
    ),
    "blendshapes": Blendshapes(),
}
"""Known programs by the name that `--format` takes; `table` is any other table."""


def recognised(header: Iterable[str]) -> str:
    """Return the name of the program whose columns these are, or `table`."""
    names = list(header)
    return next((name for name, one in FORMATS.items() if one.fits(names)), "table")
