"""Times in messages: one spelling, RFC 3339, for requests of the building and messages of devices."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from edge.campus.message import Message, content
from edge.errors import CampusError, PublishError
from edge.moment import moment
from edge.page.markup import local
from edge.publish.building.inbound import parse_privacy

TIMES = [
    ("2026-11-29T05:30:00Z", 1795930200.0),
    ("2026-11-29t05:30:00z", 1795930200.0),
    ("2026-11-29 05:30:00Z", 1795930200.0),
    ("2026-11-29T05:30:00-00:00", 1795930200.0),
    ("2026-11-29T11:00:00+05:30", 1795930200.0),
    ("2026-11-28T05:31:00-23:59", 1795930200.0),
    ("2026-11-29T05:30:00.1Z", 1795930200.1),
    ("2026-11-29T05:30:00.1239999Z", 1795930200.123999),
    ("2016-12-31T23:59:60Z", 1483228800.0),
    ("2016-12-31T23:59:60.25Z", 1483228800.25),
    ("2017-01-01T05:29:60+05:30", 1483228800.0),
]
"""RFC 3339 and POSIX time; the last leap second was that of 2016."""
OTHERS = [
    *("", "2026-11-29", "20261129T053000Z", "2026-W48-7T05:30:00Z", "2026-333T05:30:00Z"),
    *("2026-11-29T05:30:00", "2026-11-29T05:30Z", "2026-11-29T05Z", "2026-11-29T05:30:00,5Z"),
    *("2026-11-29T05:30:00+0530", "2026-11-29T05:30:00+05", "2026-11-29T05:30:00+05:60"),
    *("2026-11-29T05:30:00+24:00", "2026-11-29T05:30:00+05:30:15", "2026-11-29T24:00:00Z"),
    *("2026-11-29x05:30:00Z", "2026-02-29T05:30:00Z", "2026-13-01T05:30:00Z", "2026-11-29T05:30:61Z"),
    *("2026-11-29T05:30:60Z", "2026-11-29T23:59:60+01:00", "\u0662026-11-29T05:30:00Z", "1795930200"),
    *("2026-11-29T05:30:00Z\n", " 2026-11-29T05:30:00Z", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:60Z", "9999-12-31T23:59:00-00:01", "2026-11-29T05:30:00.Z"),
]


def event(time):
    """Return an event of a device that says it is of this time."""
    body = {"time": time, "type": "start", "id": "1", "boot": "0" * 8, "seq": 1, "state": "above"}
    return Message("a/devices/b/mimicry/event", json.dumps(body).encode())


@pytest.mark.parametrize(("text", "t_s"), TIMES)
def test_times(text, t_s):
    """Each spelling of the standard is one moment: of a request to the second part, of a message in ms."""
    assert moment(text).timestamp() == t_s
    assert moment(text).tzinfo is UTC
    assert parse_privacy(json.dumps({"on": True, "until": text}).encode())["until_s"] == t_s
    assert content(event(text)).row["at_ms"] == int(t_s * 1000)
    assert local(text, timezone(timedelta(hours=1)), "%S") == f"{int(t_s) % 60:02d}"


@pytest.mark.parametrize("text", OTHERS)
def test_other_spellings(text):
    """Dates, other forms of ISO 8601, and times that do not exist are refused where they come in."""
    with pytest.raises(PublishError, match=r"RFC 3339 .* at until"):
        parse_privacy(json.dumps({"on": True, "until": text}).encode())
    with pytest.raises(CampusError, match=r"RFC 3339.* at time"):
        content(event(text))
    assert local(text, UTC) == ""


def test_the_last_moment():
    """Every time that is taken can be shown again: the last millisecond is of the year 9999."""
    at_ms = content(event("9999-12-31T23:59:59.9999Z")).row["at_ms"]
    assert datetime.fromtimestamp(at_ms / 1000, UTC).year == 9999
    assert local("9999-12-31T23:59:59Z", timezone(timedelta(hours=1))) == ""
