"""What came over the line, taken apart: of which device, of which kind, with which content."""

import json
import re
from dataclasses import dataclass

from edge.campus.columns import EVENT, HEALTH, MEASURE, MOST, PRIVACY, SUMMARY, Row, row, whole
from edge.errors import CampusError
from edge.hub import hub
from edge.plain import Json, json_object
from edge.topic import DEVICE, NAMED

NAMES = {name: kind for name, kind in hub.NAMES.items() if kind != "live"}
"""Last levels of the topics that are collected, and what is on them."""
SOFTWARE, EMPTIED = "software", "emptied"
_TOPIC = re.compile(rf"(?P<site>{NAMED})/(devices/(?P<device>{DEVICE})/(?P<name>.+)|software)")
_BOOT = re.compile(r"[0-9a-f]{8}")
_WORDS = {b"online", b"deaf", b"stopped", b"offline"}
_FIELDS = {"event": EVENT, "summary": SUMMARY, "health": HEALTH, "privacy": PRIVACY}
_MEASURES_MOST = 2000  # of one summary: every level of sixteen people


@dataclass(frozen=True, slots=True)
class Message:
    """As it came, before anybody looked at it."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A message whose form is right."""

    site: str
    """The levels before `devices`."""
    device: str
    """Empty for the site's own."""
    kind: str
    """A value of `NAMES`; `software`; or `emptied`, where a device that left let the broker forget it."""
    row: Row
    """Its columns."""
    boot: str = ""
    seq: int = 0
    """Number within that run; 0: a state, of which only the newest counts."""
    measures: tuple[Row, ...] = ()
    kept: tuple[tuple[str, int, int], ...] = ()
    """Of each run: the first and the last message that the device still keeps."""


def content(message: Message) -> Content:
    """Take a message apart; CampusError says what is wrong with it."""
    found = _TOPIC.fullmatch(message.topic)
    kind = SOFTWARE if found and not found["name"] else NAMES.get(found["name"] if found else "")
    if found is None or kind is None:
        raise CampusError(f"expected a topic of a device, got {message.topic[:200]!r}")
    site, device = found["site"], found["device"] or ""
    if kind == SOFTWARE:
        return Content(site=site, device="", kind=kind, row={"software": _ascii(message.payload)})
    if kind == "availability":
        return Content(site=site, device=device, kind=kind, row=_availability(message.payload))
    if not message.payload:
        return Content(site=site, device=device, kind=EMPTIED, row={})
    return _parsed(site, device, kind, json_object(message.payload, CampusError))


def _parsed(site: str, device: str, kind: str, body: Json) -> Content:
    columns = row(_FIELDS[kind], body)
    if kind in {"health", "privacy"}:
        kept = _kept(body.get("spool")) if kind == "health" else ()
        return Content(site=site, device=device, kind=kind, row=columns, kept=kept)
    if columns["at_ms"] is None:
        raise CampusError("expected a time, got none at time")
    return Content(
        site=site,
        device=device,
        kind=kind,
        row=columns if kind == "summary" else columns | _pair(body),
        boot=_boot(body.get("boot")),
        seq=_seq(body.get("seq")),
        measures=_measures(body.get("measures")) if kind == "summary" else (),
    )


def _measures(listed: object) -> tuple[Row, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list) or len(listed) > _MEASURES_MOST:
        raise CampusError(f"expected at most {_MEASURES_MOST} measures, got something else at measures")
    return tuple(_measure(place, one) for place, one in enumerate(listed))


def _measure(place: int, one: object) -> Row:
    """Return a measure's row; what each adds of its own stays JSON, for its names differ."""
    if not isinstance(one, dict):
        raise CampusError(f"expected an object, got {type(one).__name__} at measures[{place}]")
    return {"place": place, **row(MEASURE, one), "extra": _extra(one.get("extra"), place)}


def _extra(extra: object, place: int) -> str | None:
    try:
        return json.dumps(extra, separators=(",", ":"), allow_nan=False) if extra else None
    except (ValueError, RecursionError) as error:  # 1e999 is read as infinity
        raise CampusError(f"expected finite numbers, got {error} at measures[{place}].extra") from error


def _pair(body: Json) -> Row:
    """Return the columns of the two people that an event may name."""
    tracks = body.get("tracks")
    if tracks is None:
        return {"one": None, "other": None}
    if isinstance(tracks, list) and len(tracks) == 2:
        return {"one": whole(tracks[0], "tracks"), "other": whole(tracks[1], "tracks")}
    raise CampusError("expected two numbers, got something else at tracks")


def _kept(spool: object) -> tuple[tuple[str, int, int], ...]:
    listed = spool.get("kept") if isinstance(spool, dict) else None
    if not isinstance(listed, list):
        return ()
    rows = [one for one in listed if isinstance(one, dict)]
    return tuple((_boot(one.get("boot")), _seq(one.get("first")), _seq(one.get("last"))) for one in rows)


def _boot(value: object) -> str:
    if isinstance(value, str) and _BOOT.fullmatch(value):
        return value
    raise CampusError(f"expected eight hex digits, got {str(value)[:40]!r} at boot")


def _seq(value: object) -> int:
    if type(value) is int and 1 <= value <= MOST:
        return value
    raise CampusError(f"expected a number from 1, got {str(value)[:40]!r} at seq")


def _availability(payload: bytes) -> Row:
    if payload and payload not in _WORDS:
        raise CampusError(f"expected online, deaf, stopped or offline, got {payload[:40]!r}")
    return {"availability": _ascii(payload) or None}


def _ascii(payload: bytes) -> str:
    text = payload.decode("ascii", "replace").strip()
    if len(text) > 64 or not text.isprintable():
        raise CampusError(f"expected a word, got {payload[:40]!r}")
    return text
