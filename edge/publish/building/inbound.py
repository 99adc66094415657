"""What the building may send, checked for form; PublishError names what was expected and what came.

Nothing here has an effect: malformed input ends here.
"""

import re
from typing import TypeVar

from edge.errors import PublishError
from edge.moment import moment
from edge.plain import Json, json_object
from edge.publish.packet import MAX_INBOUND_BYTES

_T = TypeVar("_T")

_PROBE = re.compile(rb'\{"v":1,"hear":"([0-9a-f-]{1,32})"\}')
_WORDS = {b"ON": True, b"OFF": False}
_TEXT_MAX = 128
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_BOOT = re.compile(r"[0-9a-f]{8}")
_RANGES_MOST, _SEQ_MOST = 100, (1 << 31) - 1
COMMAND_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def parse_object(payload: bytes) -> Json:
    """Return the JSON object of a message."""
    if len(payload) > MAX_INBOUND_BYTES:
        raise PublishError(f"expected at most {MAX_INBOUND_BYTES} bytes, got {len(payload)}")
    return json_object(payload, PublishError)


def parse_privacy(payload: bytes) -> Json:
    """Return `on`, `by`, `until_s` of `privacy/set` or of the room's topic; ON and OFF are understood too."""
    word = _WORDS.get(payload.strip())
    if word is not None:
        return {"on": word, "by": "", "until_s": None}
    body = parse_object(payload)
    return {
        "on": _field(body, "on", bool),
        "by": _text(body, "by"),
        "until_s": None if body.get("until") is None else utc_s(body["until"], "until"),
    }


def parse_probe(payload: bytes) -> str:
    """Return the nonce of a probe that a device sends itself; empty where it is none."""
    found = _PROBE.fullmatch(payload)
    return found[1].decode() if found else ""


def parse_booking(payload: bytes) -> Json:
    """Return `id`, `start_s`, `end_s`, `consent` of a booking; an empty message is no booking."""
    if not payload:
        return {"id": "", "start_s": 0.0, "end_s": 0.0, "consent": False}
    body = parse_object(payload)
    start_s, end_s = utc_s(body.get("start"), "start"), utc_s(body.get("end"), "end")
    if end_s <= start_s:
        raise PublishError("expected end after start, got the reverse at booking")
    name = _field(body, "id", str)
    if not _ID.fullmatch(name):
        raise PublishError("expected up to 64 letters, digits, '_.:-' at id, got something else")
    return {"id": name, "start_s": start_s, "end_s": end_s, "consent": _field(body, "consent", bool)}


def parse_command(name: str, payload: bytes) -> Json:
    """Return `name`, `id` and `args` of a command request."""
    if not COMMAND_NAME.fullmatch(name):
        raise PublishError("expected a command name of lower-case letters, got something else")
    body = parse_object(payload) if payload else {}
    args = body.get("args", {})
    if not isinstance(args, dict):
        raise PublishError(f"expected an object at args, got {type(args).__name__}")
    return {"name": name, "id": _text(body, "id"), "args": args}


def parse_spans(args: Json) -> tuple[tuple[str, int, int], ...]:
    """Return the run, first and last number of each range of results that is asked for once more."""
    boot, ranges = args.get("boot"), args.get("ranges")
    if not isinstance(boot, str) or not _BOOT.fullmatch(boot):
        raise PublishError("expected eight hex digits, got something else at args.boot")
    if not isinstance(ranges, list) or not 1 <= len(ranges) <= _RANGES_MOST:
        raise PublishError(f"expected 1 to {_RANGES_MOST} ranges, got something else at args.ranges")
    return tuple((boot, *_range(one)) for one in ranges)


def _range(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        first, last = value
        if type(first) is int and type(last) is int and 1 <= first <= last <= _SEQ_MOST:
            return first, last
    raise PublishError("expected [first, last] from 1 on, got something else at args.ranges")


def utc_s(value: object, where: str) -> float:
    """Return seconds since 1970 of an RFC 3339 time with a zone."""
    if not isinstance(value, str) or len(value) > _TEXT_MAX:
        raise PublishError(f"expected an RFC 3339 time, got {type(value).__name__} at {where}")
    try:
        return moment(value).timestamp()
    except ValueError as error:
        raise PublishError(
            f"expected an RFC 3339 time such as 2026-11-29T09:00:00Z, got something else at {where}"
        ) from error


def _field(body: Json, name: str, kind: type[_T]) -> _T:
    value = body.get(name)
    if type(value) is not kind:
        raise PublishError(f"expected {kind.__name__}, got {type(value).__name__} at {name}")
    return value


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _TEXT_MAX or not value.isprintable():
        raise PublishError(f"expected printable text of at most {_TEXT_MAX} characters at {name}")
    return value
