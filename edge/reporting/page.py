"""The page: one HTML file, nothing loaded from anywhere."""

from collections.abc import Sequence
from html import escape

from edge.missing import missing_words
from edge.palette import OKABE_ITO
from edge.reporting.pairs import followers, profiles
from edge.reporting.recording import Recording
from edge.reporting.timeline import carrier, index, timeline
from edge.reporting.verdicts import Meaning, labels, measures, state_words, whom

STYLE = """
body{font:15px/1.5 system-ui,"DejaVu Sans",sans-serif;color:#1a1a1a;background:#fff;max-width:980px;
margin:2em auto;padding:0 1em}h1{font-size:1.5em;margin:0}
h2{margin:1.8em 0 .3em;font-size:1.15em;border-bottom:1px solid #ddd}
h3{font-size:1em;margin:1.4em 0 .2em}svg{max-width:100%;height:auto;font-family:inherit;vertical-align:middle}
table{border-collapse:collapse;width:100%;font-size:.85em;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.15em .6em .15em 0;border-bottom:1px solid #eee;white-space:nowrap}
th{color:#5a5a5a;font-weight:600}
.above{color:BLUE;font-weight:600}.below{color:#8a5200;font-weight:600}.at_chance,.insufficient{color:#5a5a5a}
.note{color:#5a5a5a;margin:.3em 0 .6em;font-size:.9em}
footer{border-top:1px solid #ddd;margin-top:2em;overflow-wrap:anywhere}
.found li{margin:.15em 0}.wide{overflow-x:auto}
article{border-top:3px solid #ddd;margin-top:3em;padding-top:1em}
@media screen and (max-width:700px){.wide>svg{max-width:none}}
@media screen and (prefers-color-scheme:dark){html{background:#fff;filter:invert(.93) hue-rotate(180deg)}}
@media print{h2,h3{break-after:avoid}svg,tr{break-inside:avoid}.wide{overflow:visible}table{font-size:.6em}}
""".replace("BLUE", OKABE_ITO["blue"])
ABOUT = (
    "This page shows when faces moved and whether movements followed one another more often than chance. "
    "It shows nothing else about anybody."
)

JUDGED = (
    "These verdicts judge the finished recording, looked at once, by p. Evidence answers another question: "
    "how strong is what was collected, whenever somebody looks; 0 is none, 1.3 is 20 to 1, 3 is 1000 to 1."
)


def page(recording: Recording, meanings: Sequence[Meaning]) -> str:
    """Return the whole page; `meanings` explains each measure and what may not be concluded from it."""
    return document(recording.name, content(recording, meanings))


def document(title: str, *parts: str) -> str:
    """Return a page of these parts."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def content(recording: Recording, meanings: Sequence[Meaning]) -> str:
    """Return everything about one recording."""
    length_s = recording.end_s - recording.start_s
    people = len(recording.people)
    profile = f", profile {escape(recording.profile)}" if recording.profile else ""
    sections = [
        f"<h1>{escape(recording.name)}</h1>",
        f'<p class="note">{length_s:.0f} s, {people} people{profile}. {ABOUT}</p>',
        section("What stands out", _found(recording), _FOUND),
        section("The room", index(recording), _INDEX),
        section("Signals and movements", timeline(recording) if people else "", _timeline(recording)),
        section("Who follows whom", followers(recording) if people > 1 else "", _FOLLOWERS),
        section("Lag profiles", profiles(recording), _PROFILES),
        section("Every measure", measures(recording, meanings), _MEASURES),
    ]
    return f"{''.join(sections)}{_origin(recording)}"


_FOUND = (
    "Every verdict away from chance after correction over all pairs and measures. The correction lets about "
    "one in ten of these through by chance. An arrow: the first person moves first."
)
_NEEDED = (
    "A verdict needs three minutes in which both people are measurable for three quarters of the time, and "
    "measures of answers need enough movements."
)
_INDEX = "Place of the pooled synchrony of all pairs under its own null."
_FOLLOWERS = (
    "Upper half: synchrony of both faces, in standard deviations of its null, in the row of whoever moves "
    "first. Lower half: timely answers of the column to smiles of the row, above jittered ones."
)
_PROFILES = (
    "Grey band: where 95 % of single far lags lie. Orange: the lag of the pair, where it is above chance."
)
_MEASURES = (
    "Dot: the value in standard deviations of its null; grey band: 95 % of the null. p: rank among the draws "
    "of the null. State: after correction over all pairs and measures. Interval: where the measure has one."
)


def _origin(recording: Recording) -> str:
    """Return the foot of the page: what made the numbers, so that they can be made again."""
    if not recording.origin:
        return ""
    span = f"{recording.start_s:.6g} to {recording.end_s:.6g} s"
    return f'<footer class="note">{escape(recording.origin)}; {span}</footer>'


def _timeline(recording: Recording) -> str:
    curves = f"Curves: {carrier(recording)}, robust sd. " if recording.signals else ""
    return f"{curves}Bars: movements from onset to offset; circles: brief ones of at most half a second."


def section(title: str, body: str, note: str = "") -> str:
    """Return a heading with its note and body; nothing where the body is empty."""
    if not body:
        return ""
    words = f"<p class=note>{escape(note)}</p>" if note else ""
    return f"<h2>{escape(title)}</h2>{words}<div class=wide>{body}</div>"


def _found(recording: Recording) -> str:
    """List the verdicts on pairs and on the room that are away from chance."""
    if not recording.measures:
        return ""
    away = [
        (name, subject)
        for (name, subject), one in recording.measures.items()
        if one.get("state") in {"above", "below"} and len(subject) != 1
    ]
    away.sort(key=lambda key: (len(key[1]), key))
    told = [_sentence(recording, name, subject) for name, subject in away]
    found = f"<ul class=found>{''.join(told)}</ul>" if told else ""
    return f"{found}{_judged(recording, away_n=len(told))}<p class=note>{JUDGED}</p>"


def _judged(recording: Recording, *, away_n: int) -> str:
    """Count the verdicts on pairs and the room; where one could not be judged, list what was missing."""
    states = [str(one.get("state")) for (_, subject), one in recording.measures.items() if len(subject) != 1]
    unknown_n = states.count("insufficient")
    if unknown_n == len(states):
        return f"<p>Nothing could be judged. {_missing(recording)}</p>"
    at_chance = f"{len(states) - unknown_n - away_n} of {len(states)} verdicts are at chance"
    unknown = f"; {unknown_n} could not be judged. {_missing(recording)}" if unknown_n else "."
    return f"<p>{at_chance}{unknown}</p>"


def _missing(recording: Recording) -> str:
    """Put into words what would have been needed."""
    told = [
        f"Person {person} was not measurable {min(1.0, sum(missing.values())):.0%} of the time ({words})."
        for person, missing in sorted(recording.seen.items())
        if (words := missing_words(missing))
    ]
    return escape(" ".join([_NEEDED, *told]))


def _sentence(recording: Recording, name: str, subject: tuple[int, ...]) -> str:
    """Put one verdict into words."""
    one = recording.measures[name, subject]
    z, lag_s = (one.get("extra") or {}).get("z"), one.get("lag_s")
    far = "" if z is None else f", {z:+.1f} sd of the null"
    late = "" if lag_s is None else f", lag {lag_s:+.2f} s"
    bans = one.get("evidence")
    proof = "" if bans is None else f", evidence {bans:+.1f}"
    who, words = whom(recording, name, subject), state_words(name, labels(recording, subject), one)
    return f"<li><code>{escape(name)}</code> of {escape(who)}: {escape(words)}{far}{late}{proof}</li>"
