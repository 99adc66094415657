"""Every measure with its interval, null, state, and what it does not mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from edge.plain import Json
from edge.reporting.pairs import STATE_COLOUR
from edge.reporting.recording import Recording
from edge.reporting.svg import GREY, LIGHT, Axes, dot, drawing, line, rectangle, text
from edge.words import STATE_WORDS

PLOT_PX = (180.0, 22.0)
REACH_SD = 6.0
HEAD = ("who", "value", "95 % interval", "null: mean, sd", "", "p", "evidence", "n", "coverage", "state")


DIRECTIONS = {"following_asymmetry": {"above": "{0} follows {1} more", "below": "{1} follows {0} more"}}
"""What a state away from chance means for a pair of a measure with a sign."""


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
    found = {subject: one for (own, subject), one in sorted(recording.measures.items()) if own == name}
    lines, absent = [], []
    for subject, one in found.items():
        if one.get("value") is None:
            absent.append(whom(recording, name, subject))
        else:
            words = state_words(name, labels(recording, subject), one)
            lines.append(_row(one, whom(recording, name, subject), words))
    body = f"<h3><code>{escape(name)}</code></h3>"
    if meaning is not None:
        body += (
            f"<p class=note>{escape(meaning.definition)} ({escape(meaning.unit)}). "
            f"Null: {escape(meaning.null)}. "
            f"<b>What this does not mean:</b> {escape(meaning.not_claimed)}.</p>"
        )
    if lines:
        head = [*HEAD[:4], _scale(), *HEAD[5:]]
        body += f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{''.join(lines)}</table>"
    if absent:
        body += f"<p class=note>Insufficient: {escape(', '.join(absent))}.</p>"
    return body


def whom(recording: Recording, name: str, subject: tuple[int, ...]) -> str:
    """Name a subject; an arrow where the measure has a direction."""
    if not subject:
        return "the room"
    directed = (name, subject[::-1]) in recording.measures and len(subject) == 2
    return (" \u2192 " if directed else " \u2013 ").join(labels(recording, subject))


def labels(recording: Recording, subject: tuple[int, ...]) -> list[str]:
    """Return people's names, the number where there is none."""
    return [recording.names.get(person, str(person)) for person in subject]


def state_words(name: str, people: Sequence[str], one: Json) -> str:
    """Word the state of one subject; of a measure with a sign, which of two people follows the other."""
    state = str(one.get("state", "insufficient"))
    words = DIRECTIONS.get(name, {}).get(state)
    if words is None or len(people) != 2:
        return STATE_WORDS.get(state, state)
    return words.format(*people)


def _row(one: Json, who: str, words: str) -> str:
    state = str(one.get("state", "insufficient"))
    extra, null = one.get("extra") or {}, one.get("null") or {}
    low, high = extra.get("low"), extra.get("high")
    cells = (
        escape(who),
        _number(one.get("value")),
        "" if low is None or high is None else f"{low:.3g} to {high:.3g}",
        "" if null.get("mu") is None else f"{_number(null['mu'])}, {_number(null.get('sd'))}",
        against_null(one),
        *(_number(one.get(key)) for key in ("p", "evidence", "n", "coverage")),
    )
    told = f'<td class="{escape(state)}">{escape(words)}</td>'
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}{told}</tr>"


def against_null(one: Json) -> str:
    """Draw a value as a dot on the band of its null, in the null's spread."""
    null, value = one.get("null"), one.get("value")
    if value is None or not null or not null.get("sd") or null.get("mu") is None:
        return ""
    z = (value - null["mu"]) / null["sd"]
    axes = _axes()
    left, right = axes.x(-1.96), axes.x(1.96)
    body = rectangle((left, 5.0, right - left, 12.0), LIGHT)
    body += line((axes.box[0], 11.0), (axes.right, 11.0), "#b5b5b5")
    body += line((axes.x(0.0), 4.0), (axes.x(0.0), 18.0), GREY)
    at = axes.x(min(REACH_SD, max(-REACH_SD, z)))
    body += dot((at, 11.0), 4.5, STATE_COLOUR.get(str(one.get("state")), GREY), "#000000")
    return drawing(PLOT_PX, f"{z:+.1f} standard deviations of the null", body)


def _scale() -> str:
    """Draw the common scale of the plots of one table."""
    axes = _axes()
    body = "".join(
        line((axes.x(z), 15.0), (axes.x(z), 20.0), GREY) + text((axes.x(z), 12.0), f"{z:+g}", anchor="middle")
        for z in (-6, -4, -2, 2, 4, 6)
    )
    body += line((axes.x(0), 15.0), (axes.x(0), 20.0), GREY)
    body += text((axes.x(0), 12.0), "null, sd", anchor="middle", size_px=9.0)
    return drawing(PLOT_PX, "Scale: standard deviations of the null", body)


def _axes() -> Axes:
    return Axes(
        box=(12.0, 0.0, PLOT_PX[0] - 24.0, PLOT_PX[1]), x_span=(-REACH_SD, REACH_SD), y_span=(0.0, 1.0)
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
