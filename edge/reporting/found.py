"""What stands out, in sentences: each verdict away from chance with its evidence, moments and caveat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from edge.missing import missing_words
from edge.plain import Json
from edge.reporting.numbers import number, signed
from edge.reporting.overlay import Overlay
from edge.reporting.recording import Key, Recording, Subject
from edge.reporting.verdicts import directed, labels, state_words, whom

NEEDED = (
    "A verdict needs three minutes in which both people are measurable for three quarters of the time, and "
    "measures of answers need enough movements."
)
JUDGED = (
    "These verdicts judge the finished recording, looked at once, by p. Evidence answers another question: "
    "how strong is what was collected, whenever somebody looks; 0 is none, 1.3 is 20 to 1, 3 is 1000 to 1."
)
SAME = "Several measures of the same people look at the same movements: they are not independent findings."


@dataclass(frozen=True, slots=True)
class Found:
    """The verdicts of a recording that are away from chance, and where each of them leads."""

    recording: Recording
    overlays: Mapping[Subject, Overlay]
    """Moments of a pair, from left to right, or of the room."""
    caveats: Mapping[str, str]
    """What each measure does not mean."""

    def section(self) -> str:
        """Return the sentences, then how many verdicts there are."""
        if not self.recording.measures:
            return ""
        groups = groupby(away(self.recording), key=lambda key: self.recording.by_seat(key[1]))
        told = [self._group(subject, list(keys)) for subject, keys in groups]
        same = f"<p class=note>{SAME}</p>" if len(told) < len(away(self.recording)) else ""
        return f"{''.join(told)}{same}{judged(self.recording)}<p class=note>{JUDGED}</p>"

    def _group(self, subject: Subject, keys: Sequence[Key]) -> str:
        who = " and ".join(labels(self.recording, subject)) or "the room"
        told = "".join(self._sentence(key) for key in keys)
        return (
            f"<h3>{escape(who[:1].upper() + who[1:])}</h3><ul class=found>{told}</ul>{self._moments(subject)}"
        )

    def _sentence(self, key: Key) -> str:
        """Put one verdict into words."""
        name, subject = key
        one, people = self.recording.measures[key], labels(self.recording, subject)
        figures = map(escape, (*_figures(one), *_lag(self.recording, subject, one)))
        told = ", ".join([f"<b>{escape(state_words(name, people, one))}</b>", *figures])
        way = f" of {whom(self.recording, name, subject)}" if directed(self.recording, name, subject) else ""
        caveat = (
            f" <span class=note>Not: {escape(self.caveats[name])}.</span>" if name in self.caveats else ""
        )
        state = escape(str(one.get("state")))
        return f'<li class="{state}"><code>{escape(name)}</code>{escape(way)}: {told}.{caveat}</li>'

    def _moments(self, subject: Subject) -> str:
        overlay = self.overlays.get(subject)
        return "" if overlay is None else overlay.link


def away(recording: Recording) -> list[Key]:
    """Return the verdicts on pairs and on the room that are away from chance, those of a pair together."""
    found = [
        key
        for key, one in recording.measures.items()
        if one.get("state") in {"above", "below"} and len(key[1]) != 1
    ]
    seat = {person: k for k, person in enumerate(recording.people)}
    return sorted(found, key=lambda key: (not key[1], sorted(seat[one] for one in key[1]), key))


def judged(recording: Recording) -> str:
    """Count the verdicts on pairs and the room; where one could not be judged, list what was missing."""
    states = [str(one.get("state")) for (_, subject), one in recording.measures.items() if len(subject) != 1]
    unknown_n = states.count("insufficient")
    if unknown_n == len(states):
        return f"<p>Nothing could be judged. {_missing(recording)}</p>"
    at_chance = f"{len(states) - unknown_n - len(away(recording))} of {len(states)} verdicts are at chance"
    unknown = f"; {unknown_n} could not be judged. {_missing(recording)}" if unknown_n else "."
    return f"<p>{at_chance}{unknown}</p>"


def _missing(recording: Recording) -> str:
    """Put into words what would have been needed."""
    told = [
        f"{named} was not measurable {min(1.0, sum(missing.values())):.0%} of the time ({words})."
        for person in recording.people
        for missing in [recording.seen.get(person, {})]
        if (words := missing_words(missing))
        for named in [recording.title(person)]
    ]
    return escape(" ".join([NEEDED, *told]))


def _figures(one: Json) -> list[str]:
    """Return value, distance, p, evidence and coverage, those that are known."""
    z, p, bans, share = (one.get("extra") or {}).get("z"), *map(one.get, ("p", "evidence", "coverage"))
    return [
        f"{number(one.get('value'))} {one.get('unit') or ''}".strip(),
        *([] if z is None else [f"{signed(z)} sd of the null"]),
        *([] if p is None else [f"p {number(p)}"]),
        *([] if bans is None else [f"evidence {signed(bans)}"]),
        *([] if share is None else [f"measurable {share:.0%} of the time"]),
    ]


def _lag(recording: Recording, subject: Subject, one: Json) -> list[str]:
    """Put the lag into words: who moves first, by how much."""
    lag_s, extra = one.get("lag_s"), one.get("extra") or {}
    if lag_s is None or len(subject) != 2:
        return []
    way = 1 if lag_s >= 0 else -1
    first, second = labels(recording, subject)[::way]
    known = [way * end for name in ("lag_low_s", "lag_high_s")[::way] if (end := extra.get(name)) is not None]
    ends = " to ".join(signed(end, 2) for end in known)
    spread = f" (95 % interval {ends} s)" if len(known) == 2 else ""
    if extra.get("leads") == 0:
        return [f"{second} {abs(lag_s):.2f} s behind {first}{spread}: who moves first is open"]
    return [f"{first} moves first, by {abs(lag_s):.2f} s{spread}"]
