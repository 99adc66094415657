"""The page: one HTML file, nothing loaded from anywhere."""

from collections.abc import Mapping
from html import escape

from edge.report.plots import against_null, followers, index, lag_profile, timeline
from edge.report.recording import Json, Recording

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#111;max-width:1000px;margin:2em auto;padding:0 1em}
h1{font-size:1.5em;margin-bottom:0}h2{margin-top:2em;font-size:1.15em;border-bottom:1px solid #ddd}
svg{max-width:100%;height:auto;font:11px system-ui,sans-serif;display:inline-block;vertical-align:middle}
table{border-collapse:collapse;width:100%;font-size:.9em}th,td{text-align:left;padding:.25em .6em;
border-bottom:1px solid #eee;vertical-align:top}
th{color:#555;font-weight:600}td.n{font-variant-numeric:tabular-nums}
.above{color:#0072b2;font-weight:600}.below{color:#b35900;font-weight:600}.at_chance{color:#555}
.insufficient{color:#999}.note{color:#555;max-width:46em}
"""


ABOUT = (
    "This page shows when faces moved and whether movements followed one another more often than chance. "
    "It says nothing else about anybody."
)


def page(recording: Recording, not_claimed: Mapping[str, str]) -> str:
    """Return the whole page; `not_claimed` says of each measure what it does not mean."""
    length_s = recording.end_s - recording.start_s
    profile = f", profile {escape(recording.profile)}" if recording.profile else ""
    sections = [
        f"<h1>{escape(recording.name)}</h1>",
        f'<p class="note">{length_s:.0f} s, {len(recording.people)} people{profile}. {ABOUT}</p>',
        _section("The room", index(recording)),
        _section("Signals and movements", timeline(recording)),
        _section("Who follows whom", followers(recording) if len(recording.people) > 1 else ""),
        _section("Lag profiles", _profiles(recording), "Grey: where 95 % of single far lags lie."),
        _section("Every measure", _table(recording, not_claimed), _LEGEND),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light">'
        f"<title>{escape(recording.name)}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(sections)}</body></html>\n"
    )


_LEGEND = (
    "Dot: the value in standard deviations of its null; grey: 95 % of the null. State after correction over "
    "all pairs and measures. Interval: 95 %, where the measure has one. Empty: not measurable."
)


def _section(title: str, body: str, note: str = "") -> str:
    if not body:
        return ""
    return f"<h2>{escape(title)}</h2>{f'<p class=note>{escape(note)}</p>' if note else ''}{body}"


def _profiles(recording: Recording) -> str:
    """Lag profiles of all pairs."""
    return "".join(
        lag_profile(one, subject)
        for (name, subject), one in sorted(recording.measures.items(), key=lambda item: item[0])
        if name == "expression_synchrony" and len(subject) == 2
    )


def _table(recording: Recording, not_claimed: Mapping[str, str]) -> str:
    """One block a measure, its meaning's limit first."""
    names = list(dict.fromkeys(name for name, _ in recording.measures))
    head = "<tr><th>who</th><th>value</th><th>95 %</th><th>against null</th><th>p</th><th>n</th>"
    head += "<th>coverage</th><th>state</th></tr>"
    blocks = []
    for name in names:
        rows = [
            _row(one, subject) for (own, subject), one in sorted(recording.measures.items()) if own == name
        ]
        limit = not_claimed.get(name, "")
        blocks.append(
            f"<h3>{escape(name)}</h3><p class=note>What this does not mean: {escape(limit)}.</p>"
            f"<table>{head}{''.join(rows)}</table>"
        )
    return "".join(blocks)


def _row(one: Json, subject: tuple[int, ...]) -> str:
    who = "room" if not subject else ", ".join(str(person) for person in subject)
    state = str(one.get("state", "insufficient"))
    extra = one.get("extra") or {}
    low, high = extra.get("low"), extra.get("high")
    interval = "" if low is None or high is None else f"{low:.3g} .. {high:.3g}"
    cells = [
        who,
        _number(one.get("value"))
        + (f" {escape(str(one.get('unit', '')))}" if one.get("value") is not None else ""),
        interval,
    ]
    numbers = [_number(one.get(key)) for key in ("p", "n", "coverage")]
    return (
        f"<tr>{''.join(f'<td class=n>{cell}</td>' for cell in cells)}<td>{against_null(one)}</td>"
        f"{''.join(f'<td class=n>{cell}</td>' for cell in numbers)}"
        f'<td class="{escape(state)}">{escape(state.replace("_", " "))}</td></tr>'
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
