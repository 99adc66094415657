"""Why people are not measurable: the reasons, their shares of somebody's time, and their words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Missing = Literal["turned", "down", "small", "dark", "not_seen", "warm_up", "unconfirmed"]
"""The head turned sideways or up, or bent down; a face of too few pixels; too little light; hidden, out of
the picture or away; the own level not yet learnt; not shown to be alive."""

_WORDS: dict[str, str] = {
    "turned": "turned away",
    "down": "looking down",
    "small": "too small in the picture",
    "dark": "too dark",
    "not_seen": "not seen",
    "warm_up": "own level being learnt",
    "unconfirmed": "not shown to be alive",
}
_LEAST_SHARE = 0.01  # of time that is worth a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How much of one person's time was measurable lately, and why the rest was not."""

    person: int
    """Whose time."""
    seconds: float
    """How long the person was known, s, at most the horizon of the measures."""
    missing: Mapping[str, float]
    """Share of that time which was not measurable, by reason (`Missing`) that occurred, 0..1."""


def together(seen: Iterable[Seen]) -> dict[str, float]:
    """Return the shares of everybody's time taken together, 0..1; empty where nobody was known."""
    people = list(seen)
    seconds = sum(one.seconds for one in people)
    lost = {reason: sum(one.seconds * one.missing.get(reason, 0.0) for one in people) for reason in _WORDS}
    return {reason: lost_s / seconds for reason, lost_s in lost.items() if lost_s > 0}


def missing_words(missing: Mapping[str, float]) -> str:
    """List why time was not measurable with its shares, largest first; empty without any of a percent."""
    largest = sorted(missing.items(), key=lambda one: -one[1])
    told = [(_WORDS.get(name, name), share) for name, share in largest if share >= _LEAST_SHARE]
    return ", ".join(f"{words} {share:.0%}" for words, share in told)
