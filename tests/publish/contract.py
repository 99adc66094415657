"""What may leave a device, byte for byte: known packets, valid payloads, nothing about a person."""

import json
from pathlib import Path

import jsonschema

from tests.publish import udmi_rules
from tests.publish.wire import publication

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in Path("edge/publish/schemas").glob("*.json")}
OURS = {
    "mimicry/live": SCHEMAS["live"],
    "mimicry/event": SCHEMAS["event"],
    "mimicry/summary": SCHEMAS["summary"],
    "mimicry/history": SCHEMAS["summary"],
    "privacy/state": SCHEMAS["privacy"],
    "health": SCHEMAS["health"],
    "cmd/hear/req": SCHEMAS["hear"],
    "privacy/set": SCHEMAS["hear"],
    "state": udmi_rules.STATE,
    "events/pointset": udmi_rules.POINTSET,
    "events/system": udmi_rules.SYSTEM,
}
CHECKS = {name: jsonschema.Draft202012Validator(schema) for name, schema in OURS.items()}
PERSON_WORDS = ("AU12", "yaw_deg", "canthus_px", "signals", "amplitude", "box_px", "gain")
CONNECT, PUBLISH = 1, 3
SENT = {CONNECT, PUBLISH, 4, 8, 12, 14}  # and PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT


def check(packets, *, site="site", profile="workplace"):
    """Return the bodies by topic; AssertionError or ValidationError names what may not leave."""
    assert {kind for kind, _, _ in packets} <= SENT
    for kind, _, body in packets:
        if kind == CONNECT:
            _check_connect(body, site)
    seen = {}
    for topic, _qos, _retain, payload in _published(packets):
        name = topic.removeprefix(f"{site}/devices/dev-1/")
        if name == "availability":
            assert payload in {b"online", b"stopped"}
        elif name == "mimicry/episode":
            assert payload in {b"start", b"end"}
        elif topic != "homeassistant/device/dev-1/config":
            body = json.loads(payload)
            CHECKS[name].validate(body)
            said = [one["name"] for one in body.get("measures", ()) if profile != "research"]
            assert len(said) == len(set(said)), "more than the room's value"
            seen.setdefault(name, []).append(body)
    if profile != "research":
        everything = b"".join(body for _, _, body in packets)
        assert [word for word in PERSON_WORDS if f'"{word}'.encode() in everything] == []
    return seen


def _published(packets):
    return [publication(flags, body) for kind, flags, body in packets if kind == PUBLISH]


def _check_connect(body, site):
    """CONNECT (section 3.1 of MQTT 5): name and version, then client id, will topic and will, no more."""
    assert body.startswith(b"\0\x04MQTT\x05")
    will_topic = f"{site}/devices/dev-1/availability".encode()
    tail = _text(b"dev-1") + b"\x05\x18\0\0\0\x0a" + _text(will_topic) + _text(b"offline")
    assert bytes(body).endswith(tail)


def _text(raw):
    return len(raw).to_bytes(2, "big") + raw
