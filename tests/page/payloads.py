"""A fleet of devices from payloads, and HTML read as words."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from edge.hub import Item
from edge.page.fleet import Fleet

NOW_S = datetime(2026, 11, 22, 21, 31, tzinfo=UTC).timestamp()
STAMP = "2026-11-22T21:30:30.000Z"
HEALTH = {
    "time": STAMP,
    "condition": "measuring",
    "why": "",
    "software": "0.1.0",
    "clock": "synced",
    "sys": {"temp_c": 61.2},
    "spool": {"rows": 3},
    "missing": {"turned": 0.12},
}
OPEN = {
    "time": STAMP,
    "state": "OFF",
    "sources": dict.fromkeys(("local", "remote", "room", "booking", "hub", "policy"), False),
    "since_s": NOW_S - 3600,
    "profile": "workplace",
    "consent": False,
}
MUTED = OPEN | {"state": "ON", "sources": OPEN["sources"] | {"local": True}}


def fleet_of(**devices):
    """Return a fleet in which each device has sent health, mute and availability (changes by kind)."""
    fleet = Fleet()
    for device, changes in devices.items():
        sent = {"health": HEALTH, "privacy": OPEN, "availability": {"state": "online"}}
        for kind, body in sent.items():
            item = Item(device, kind, body | changes.get(kind, {}), base=f"hq/devices/{device}")
            fleet.update(item, NOW_S)
    return fleet


def read(html):
    """Parse HTML that is well-formed enough for XML; return its words."""
    return " ".join(ET.fromstring(f"<all>{html}</all>").itertext())
