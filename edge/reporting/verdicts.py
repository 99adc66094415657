"""Every measure with its interval, null, state, and what it does not mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from edge.plain import Json
from edge.reporting.nulls import nulls
from edge.reporting.numbers import number, signed
from edge.reporting.recording import Recording, Subject
from edge.reporting.svg import GREY, LIGHT, STATE_COLOUR, Axes, dot, drawing, line, rectangle, text
from edge.reporting.tables import table
from edge.words import STATE_WORDS

PLOT_PX = (180.0, 22.0)
REACH_SD = 6.0
HEAD = ("who", "value", "95 % interval", "null: mean, sd", "", "p", "evidence", "n", "coverage", "state")
PLOT = HEAD.index("")
DIRECTIONS = {"following_asymmetry": {"above": "{0} follows {1} more", "below": "{1} follows {0} more"}}
"""What a state away from chance means for a pair of a measure with a sign."""
UNTESTED = "without a null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one measure is called, counts, and does not mean."""

    name: str
    """Published name."""
    definition: str
    """In words."""
    unit: str
    """Unit of the value."""
    null: str
    """What it is held against."""
    not_claimed: str
    """What it does not mean."""


def measures(recording: Recording, meanings: Sequence[Meaning]) -> str:
    """Return one block a measure; a measure that the meanings do not know stands at the end, by its name."""
    known = {one.name: one for one in meanings}
    present = dict.fromkeys(name for name, _ in recording.measures)
    ordered = [name for name in known if name in present] + [name for name in present if name not in known]
    return "".join(_block(recording, name, known.get(name)) for name in ordered)


def _block(recording: Recording, name: str, meaning: Meaning | None) -> str:
    found = _subjects(recording, name)
    judged = {subject: one for subject, one in found.items() if one.get("value") is not None}
    absent = [whom(recording, name, subject) for subject in found if subject not in judged]
    body = f"<h3><code>{escape(name)}</code></h3>"
    if meaning is not None:
        body += (
            f"<p class=note>{escape(meaning.definition)} ({escape(meaning.unit)}). "
            f"Null: {escape(meaning.null)}. "
            f"<b>What this does not mean:</b> {escape(meaning.not_claimed)}.</p>"
        )
    if judged:
        rows = [_row(recording, name, subject, one) for subject, one in judged.items()]
        body += table([*HEAD[:PLOT], _scale(), *HEAD[PLOT + 1 :]], rows, name, PLOT)
    if absent:
        body += f"<p class=note>Insufficient: {escape(', '.join(absent))}.</p>"
    return body + nulls(recording, name, {subject: whom(recording, name, subject) for subject in judged})


def _subjects(recording: Recording, name: str) -> dict[Subject, Json]:
    """Return the room, then everybody and the pairs of each, from left to right."""
    place = recording.people.index
    keys = sorted(
        (subject for own, subject in recording.measures if own == name), key=lambda one: [*map(place, one)]
    )
    return {subject: recording.measures[name, subject] for subject in keys}


def whom(recording: Recording, name: str, subject: Subject) -> str:
    """Name a subject; an arrow where the measure has a direction."""
    if not subject:
        return "the room"
    if directed(recording, name, subject):
        return " \u2192 ".join(labels(recording, subject))
    return " \u2013 ".join(labels(recording, subject if name in DIRECTIONS else recording.by_seat(subject)))


def directed(recording: Recording, name: str, subject: Subject) -> bool:
    """Whether a measure of a pair has a direction: both are there."""
    return len(subject) == 2 and (name, subject[::-1]) in recording.measures


def labels(recording: Recording, subject: Subject) -> list[str]:
    """Return what people are called."""
    return [recording.label(person) for person in subject]


def state_words(name: str, people: Sequence[str], one: Json) -> str:
    """Word the state of one subject; of a measure with a sign, which of two people follows the other."""
    state = str(one.get("state", "insufficient"))
    if state == "at_chance" and one.get("p") is None:
        return UNTESTED
    words = DIRECTIONS.get(name, {}).get(state)
    if words is None or len(people) != 2:
        return STATE_WORDS.get(state, state)
    return words.format(*people)


def _row(recording: Recording, name: str, subject: Subject, one: Json) -> list[str]:
    extra, null = one.get("extra") or {}, one.get("null") or {}
    low, high = extra.get("low"), extra.get("high")
    words = state_words(name, labels(recording, subject), one)
    return [
        escape(whom(recording, name, subject)),
        number(one.get("value")),
        "" if low is None or high is None else f"{number(low)} to {number(high)}",
        "" if null.get("mu") is None else f"{number(null['mu'])}, {number(null.get('sd'))}",
        against_null(one),
        *(number(one.get(key)) for key in ("p", "evidence", "n", "coverage")),
        f'<span class="{escape(str(one.get("state")))}">{escape(words)}</span>',
    ]


def against_null(one: Json) -> str:
    """Draw a value as a dot on the band of its null, in the null's spread; an arrow where it is beyond."""
    null, value = one.get("null"), one.get("value")
    if value is None or not null or not null.get("sd") or null.get("mu") is None:
        return ""
    z = (one.get("extra") or {}).get("z") or (value - null["mu"]) / null["sd"]
    axes = _axes()
    left, right = axes.x(-1.96), axes.x(1.96)
    body = rectangle((left, 5.0, right - left, 12.0), LIGHT)
    body += line((axes.box[0], 11.0), (axes.right, 11.0), "#b5b5b5")
    body += line((axes.x(0.0), 4.0), (axes.x(0.0), 18.0), GREY)
    colour = STATE_COLOUR.get(str(one.get("state")), GREY)
    if abs(z) > REACH_SD:
        body += _arrow(axes.x(REACH_SD if z > 0 else -REACH_SD), 1.0 if z > 0 else -1.0, colour)
    else:
        body += dot((axes.x(z), 11.0), 4.5, colour, "#000000")
    return drawing(PLOT_PX, f"{signed(z)} standard deviations of the null", body)


def _arrow(x: float, way: float, colour: str) -> str:
    """Draw a triangle that points out of the scale."""
    tip, back = x + 8 * way, x - 2 * way
    return f'<path d="M{back:.1f} 6L{tip:.1f} 11L{back:.1f} 16z" fill="{colour}" stroke="#000000"/>'


def _scale() -> str:
    """Draw the common scale of the plots of one table."""
    axes = _axes()
    body = "".join(
        line((axes.x(z), 15.0), (axes.x(z), 20.0), GREY)
        + text((axes.x(z), 12.0), f"{z:+g}" if z else "null", anchor="middle", size_px=9.0)
        for z in (-6, -4, -2, 0, 2, 4, 6)
    )
    return drawing(PLOT_PX, "Scale: standard deviations of the null", body)


def _axes() -> Axes:
    return Axes(
        box=(12.0, 0.0, PLOT_PX[0] - 24.0, PLOT_PX[1]), x_span=(-REACH_SD, REACH_SD), y_span=(0.0, 1.0)
    )
