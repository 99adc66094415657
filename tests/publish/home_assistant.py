"""A real Home Assistant, headless, against a broker: configured by files, asked over its REST interface.

HOMEASSISTANT_PYTHON names an interpreter of an environment of its own, with Python 3.13 and

    pip install homeassistant==2025.4.4 home-assistant-frontend==20250411.0 paho-mqtt==2.1.0
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.publish.broker import free_port, until

PYTHON = os.environ.get("HOMEASSISTANT_PYTHON", "")
_GROUPS = ("system-admin", "system-users", "system-read-only")
_USER, _TOKEN, _KEY = "a" * 32, "b" * 32, "c" * 64
_SHOWN = "frontend:\nhistory:\nrecorder: {commit_interval: 0}\nlovelace: {mode: yaml}\n"
_START_S = 300.0  # the first start compiles its templates and caches


class HomeAssistant:
    """One instance with the MQTT integration and nothing else that looks at the network.

    `card` is a file that its only dashboard shows, at `/lovelace/0`.
    """

    def __init__(self, folder: Path, broker_port: int, card: Path | None = None):
        self.folder, self.port, self.process = folder, free_port(), None
        (folder / ".storage").mkdir(parents=True)
        (folder / "configuration.yaml").write_text(
            "homeassistant:\n  name: Test\n  unit_system: metric\n  time_zone: UTC\n"
            f"http:\n  server_host: 127.0.0.1\n  server_port: {self.port}\n"
            f"api:\nlogger:\n  default: warning\n{_SHOWN if card else ''}"
        )
        if card:
            (folder / "card.yaml").write_bytes(card.read_bytes())
            (folder / "ui-lovelace.yaml").write_text("views: [{title: Rooms, cards: [!include card.yaml]}]\n")
        entry = {
            "entry_id": "1" * 26,
            "version": 1,
            "minor_version": 2,
            "domain": "mqtt",
            "title": "broker",
            "data": {"broker": "127.0.0.1", "port": broker_port, "protocol": "5"},
            "options": {"discovery": True, "discovery_prefix": "homeassistant"},
            "source": "user",
        }
        self._store("core.config_entries", {"entries": [entry]})
        self._store("auth", _owner())
        self._store("onboarding", {"done": ["user", "core_config", "analytics", "integration"]}, version=4)

    def start(self):
        """Start and wait until it answers with the MQTT integration loaded."""
        command = [PYTHON, "-m", "homeassistant", "--config", str(self.folder), "--skip-pip"]
        with (self.folder / "output").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._ready, _START_S)
        return self

    def close(self):
        """Stop as its user would."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def __enter__(self):
        """Start."""
        return self.start()

    def __exit__(self, *_):
        """Stop."""
        self.close()

    def states(self):
        """Return entity id: state of everything discovered."""
        return {
            one["entity_id"]: one["state"]
            for one in self._ask("states")
            if not one["entity_id"].startswith(("person.", "zone.", "sun.", "conversation."))
        }

    def call(self, service, entity):
        """Call a service such as `switch/turn_on`."""
        self._ask(f"services/{service}", {"entity_id": entity})

    def device(self):
        """Return what it knows of the device: its triggers and its page."""
        script = Path(__file__).with_name("homeassistant_triggers.py")
        command = [PYTHON, str(script), str(self.port), _access_token()]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    @property
    def address(self):
        """Return where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def login(self):
        """Return what a browser remembers of its owner."""
        token = {
            "access_token": _access_token(),
            "token_type": "Bearer",
            "refresh_token": "",
            "expires_in": 1800,
        }
        token |= {"hassUrl": self.address, "clientId": None, "expires": (time.time() + 1800) * 1000}
        return {"hassTokens": json.dumps(token)}

    def log(self):
        """Return what it said about anything."""
        return (self.folder / "output").read_text(errors="replace")

    def _ready(self):
        assert self.process.poll() is None, self.log()
        try:
            return self._ask("config")["state"] == "RUNNING" and "mqtt" in self._ask("config")["components"]
        except (OSError, urllib.error.URLError):
            return False

    def _ask(self, path, body=None):
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {_access_token()}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def _store(self, key, data, version=1):
        content = {"version": version, "minor_version": 1, "key": key, "data": data}
        (self.folder / ".storage" / key).write_text(json.dumps(content))


def _owner():
    """Return the store of one owner with one long-lived token."""
    return {
        "users": [
            {
                "id": _USER,
                "group_ids": ["system-admin"],
                "is_owner": True,
                "is_active": True,
                "name": "test",
                "system_generated": False,
                "local_only": False,
            }
        ],
        "groups": [
            {"id": name, "name": name} for name in ("system-admin", "system-users", "system-read-only")
        ],
        "credentials": [],
        "refresh_tokens": [
            {
                "id": _TOKEN,
                "user_id": _USER,
                "client_id": None,
                "client_name": "test",
                "client_icon": None,
                "token_type": "long_lived_access_token",
                "created_at": "2025-01-01T00:00:00+00:00",
                "access_token_expiration": 1e8,
                "token": "d" * 128,
                "jwt_key": _KEY,
                "last_used_at": None,
                "last_used_ip": None,
                "version": "1",
            }
        ],
    }


def _access_token():
    """Return the signed token (RFC 7519, HS256) made from the stored one."""
    now_s = int(time.time())
    parts = [{"alg": "HS256", "typ": "JWT"}, {"iss": _TOKEN, "iat": now_s, "exp": now_s + 3600}]
    text = b".".join(_b64(json.dumps(part).encode()) for part in parts)
    return (text + b"." + _b64(hmac.digest(_KEY.encode(), text, hashlib.sha256))).decode()


def _b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
