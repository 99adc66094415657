"""The page of alerts: what needs somebody, and a button for whoever takes note of it."""

from datetime import UTC, datetime, tzinfo
from urllib.parse import quote

from edge.page.alerts import KINDS, Alert, Alerts
from edge.page.markup import badge, local, tag, text

COLUMNS = ("Room", "What", "Exactly", "Since", "Seen by")
GRAVE = {"offline", "deaf", "safe", "degraded"}
SAID = {"muted", "deaf", "clock"}
FORM = "%d %b %H:%M"


def table(alerts: Alerts, zone: tzinfo | None) -> str:
    """Return all alerts, those that nobody has seen first."""
    if not alerts.rows:
        return tag("p", "Nothing needs anybody.", class_="lead")
    heads = tag("tr", *(tag("th", name, scope="col") for name in COLUMNS))
    rows = (_row(one, zone) for one in alerts.shown())
    caption = tag("caption", "What needs somebody", class_="hidden")
    return tag("table", caption, tag("thead", heads), tag("tbody", *rows), class_="hours alerts")


def counts(alerts: Alerts) -> str:
    """Return how many there are, in words; empty without any."""
    many = len(alerts.rows)
    return f"{many} alert{'s' * (many > 1)}, {alerts.waiting} not seen by anybody" if many else ""


def _row(one: Alert, zone: tzinfo | None) -> str:
    grave = "bad" if one.kind in GRAVE else "warn"
    name = tag("a", text(one.device), href=f"room/{quote(one.device)}")
    seen = f"{one.by}, {_when(one.at_s, zone)}" if one.by else ""
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", badge("!" if grave == "bad" else "▲", KINDS[one.kind], grave)),
        tag("td", text(_exactly(one)), class_="why"),
        tag("td", text(_when(one.since_s, zone))),
        tag("td", text(seen) if seen else _button(one)),
    )


def _exactly(one: Alert) -> str:
    """Return what its kind does not say already."""
    return "" if one.kind in SAID else one.detail


def _button(one: Alert) -> str:
    """Return the button of one alert; the script of the page sends what it carries."""
    return tag(
        "button",
        "I have seen it",
        class_="plain seen",
        data_base=one.base,
        data_kind=one.kind,
        data_detail=one.detail,
        aria_label=f"I have seen it: {one.device}, {KINDS[one.kind]}",
    )


def _when(moment_s: float, zone: tzinfo | None) -> str:
    try:
        return local(datetime.fromtimestamp(moment_s, UTC).isoformat(), zone, FORM)
    except (ValueError, OverflowError, OSError):
        return ""
