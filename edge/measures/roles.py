"""Which channels a measure reads: by action-unit name, or all of them for signals from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

PRIMARY = "AU12"
ACTIVITY = (
    "AU01",
    "AU02",
    "AU04",
    "AU05",
    "AU07",
    "AU10",
    "AU12",
    "AU25",
    "AU26",
)  # tiers A, B; blinks left out
UPPER = ("AU01", "AU02", "AU04", "AU06", "AU07", "AU12")
BRIEF = ("AU01", "AU02", "AU04", "AU07", "AU10", "AU12", "AU24", "AU25")  # blinks (AU45) excluded
MACRO = ("AU12", "AU01", "AU02", "AU25")
SMILE = ("AU12", "AU06")
CONTRAST = ("AU04", "AU09", "AU10", "AU15", "AU24")
LOW = {"AU01_AU02": ("AU01", "AU02"), "AU04": ("AU04",), "AU07": ("AU07",)}  # beside the smile
MOUTH = "AU25"
JAW = ("AU26", "AU25")


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns and names by role, resolved for one set of channels."""

    smile: int
    """Column of the channel that carries the verdict."""
    activity: tuple[int, ...]
    """Columns of expression activity E."""
    upper: tuple[int, ...]
    """Columns of the upper face and the smile."""
    low: dict[str, tuple[int, ...]]
    """Columns of the low-intensity response beside the smile, by name; their mean is read."""
    mouth: int | None
    """Column that separates listeners from speakers; None: nobody is gated."""
    jaw: int | None
    """Column of jaw motion; None when there is none."""
    brief: frozenset[str]
    """Channels whose brief onsets count."""
    macro: frozenset[str]
    """Channels whose longer onsets count."""
    smiles: frozenset[str]
    """Channels of the smile."""
    contrast: frozenset[str]
    """Channels the smile is set against."""


@lru_cache(maxsize=8)
def resolve(names: tuple[str, ...]) -> Roles:
    """Find the roles; without AU12 the first channel leads and every channel takes part everywhere."""
    every = tuple(range(len(names)))
    if PRIMARY not in names:
        whole = frozenset(names)
        return Roles(
            0, every, every, {}, None, None, whole, whole, frozenset(names[:1]), frozenset(names[1:])
        )

    def columns(wanted: Sequence[str]) -> tuple[int, ...]:
        return tuple(names.index(name) for name in wanted if name in names)

    return Roles(
        smile=names.index(PRIMARY),
        activity=columns(ACTIVITY),
        upper=columns(UPPER),
        low={name: columns(wanted) for name, wanted in LOW.items() if columns(wanted)},
        mouth=next(iter(columns([MOUTH])), None),
        jaw=next(iter(columns(JAW)), None),
        brief=frozenset(BRIEF),
        macro=frozenset(MACRO),
        smiles=frozenset(SMILE),
        contrast=frozenset(CONTRAST),
    )
