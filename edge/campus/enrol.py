"""Fifty rooms from one table: for each its broker user, access list, configuration, metadata, certificate.

What exists stays: a second run keeps passwords and certificates, adds the new rooms, and takes those that
left the table out of the broker's two files.
"""

import base64
import hashlib
import json
import re
import secrets
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge.campus.certificates import sign
from edge.campus.rooms import Room
from edge.errors import CampusError, writing
from edge.files import write_whole
from edge.plain import Json
from edge.topic import LEVEL, LEVELS, site_root

_ITERATIONS = 101  # as mosquitto_passwd; a password of 192 random bits needs no slow hash
_ACL = """user {user}
topic write {root}/devices/{device}/#
topic read {root}/devices/{device}/config
topic read {root}/devices/{device}/privacy/set
topic read {root}/devices/{device}/cmd/+/req
topic read {root}/rooms/{room}/privacy
topic read {root}/rooms/{room}/booking
topic write homeassistant/device/{device}/config
topic read homeassistant/status
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all rooms have in common."""

    host: str
    site: str
    topic_prefix: str = ""
    keep_h: float = 24.0
    authority: Path | None = None
    """Folder with ca.pem and ca.key, which sign client certificates; None: passwords only."""

    @property
    def root(self) -> str:
        """The levels that every topic of the site begins with."""
        return site_root(self.topic_prefix, self.site)


def enrol(rooms: Sequence[Room], site: Site, out: Path) -> None:
    """Write the files of every room and the two of the broker."""
    if not re.fullmatch(LEVELS, site.topic_prefix) or not re.fullmatch(LEVEL, site.site):
        raise CampusError(f"expected topic levels, got {site.topic_prefix!r} and {site.site!r} at site")
    with writing(out, CampusError, "folder"):
        for number, room in enumerate(rooms, start=1):
            folder = out / "devices" / room.device
            folder.mkdir(parents=True, exist_ok=True)
            password = folder / "mqtt_password"
            if not password.exists():
                write_whole(password, f"{secrets.token_urlsafe(24)}\n", mode=0o600)
            if site.authority is not None and not (folder / "client.pem").exists():
                sign(room.device, site.authority, folder)
            write_whole(folder / "config.yaml", "".join(_config(room, site)))
            write_whole(folder / "metadata.json", _metadata(room, site, number))
        write_whole(out / "rooms.passwd", "".join(_passwords(rooms, out)), mode=0o600)
        root = site.root
        lines = (_ACL.format(user=one.device, device=one.device, room=one.room, root=root) for one in rooms)
        write_whole(out / "rooms.acl", "\n".join(lines), mode=0o600)


def _config(room: Room, site: Site) -> Iterator[str]:
    """Yield the lines of a device's configuration: what differs from the defaults."""
    yield f"# {room.device}, room {room.room}: copy to /etc/mimicry-edge/config.yaml\npublish:\n"
    settings: Json = {
        "host": site.host,
        "ca_file": "/etc/mimicry-edge/hub-ca.pem",
        "username": room.device,
        "site": site.site,
        "room_id": room.room,
        "device_id": room.device,
        "keep_h": site.keep_h,
    }
    settings |= {"topic_prefix": site.topic_prefix} if site.topic_prefix else {}
    if site.authority is not None:
        own = "/etc/mimicry-edge/client"
        settings |= {"cert_file": f"{own}.pem", "key_file": f"{own}.key"}
    for name, value in settings.items():
        yield f"  {name}: {json.dumps(value)}\n"


def _metadata(room: Room, site: Site, number: int) -> str:
    """Return the device's metadata for a UDMI site model."""
    name = f"{site.root}/{room.device}"
    guid = f"uuid://{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
    asset = {"guid": guid, "site": site.site, "name": room.asset or f"MIM-{number}"}
    location = {"site": site.site, "floor": room.floor, "room": room.room}
    body: Json = {
        "version": "1.5.7",
        "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "system": {
            "location": {key: value for key, value in location.items() if value},
            "physical_tag": {"asset": asset},
        },
        "pointset": {
            "points": {
                "zone_occupancy_count": {"units": "people"},
                "zone_occupancy_status": {"units": "no_units"},
                "mimicry_index": {"units": "no_units"},
                "mimicry_active_pairs": {"units": "no_units"},
                "privacy_mode": {"units": "no_units", "writable": True},
            }
        },
    }
    return json.dumps(body, indent=2) + "\n"


def _passwords(rooms: Sequence[Room], out: Path) -> Iterator[str]:
    """Yield the lines of Mosquitto's password file, the format of `mosquitto_passwd`."""
    for room in rooms:
        password = (out / "devices" / room.device / "mqtt_password").read_text().strip()
        salt = secrets.token_bytes(12)
        digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
        salted, hashed = (base64.b64encode(one).decode() for one in (salt, digest))
        yield f"{room.device}:$7${_ITERATIONS}${salted}${hashed}\n"
