"""The shipped files of the engines: what they name exists, and Mosquitto bridges what is collected."""

import json
import re
from contextlib import ExitStack
from pathlib import Path

from edge.campus.collector import Counters
from edge.campus.gaps import RESEND
from edge.campus.message import NAMES, SOFTWARE
from edge.campus.metrics import exposition
from edge.campus.views import VIEWS
from tests.campus.conftest import summary
from tests.publish.broker import Broker, Listener, until

CONFIGS = Path("firmware_configs/campus")


def bridge(port):
    """Return the shipped bridge to one plain broker on loopback."""
    text = (CONFIGS / "bridge.conf").read_text()
    text = re.sub(r"(?m)^address .*$", f"address 127.0.0.1:{port}", text)
    return re.sub(r"(?m)^(bridge_cafile|remote_username|remote_password) .*\n", "", text)


def test_the_rules_ask_for_what_is_served(store):
    """Every number in the alert rules is one that a collector serves."""
    asked = set(re.findall(r"\bmimicry_\w+", (CONFIGS / "rules.yml").read_text()))
    served = set(re.findall(r"# TYPE (\w+)", exposition(store, Counters(), 1.0)))
    assert asked <= served


def test_the_roles_read_views():
    """Operators read rooms and their troubles, the others floors and buildings, and nobody a table."""
    granted = re.findall(r"GRANT SELECT ON (.*?) TO (\w+)", (CONFIGS / "roles.sql").read_text())
    views = {role: set(names.split(", ")) for names, role in granted}
    assert views["mimicry_floors"] == {"floor_hour", "building_hour"}
    assert views["mimicry_operators"] == set(VIEWS) - views["mimicry_floors"]


def test_the_bridge_passes_what_is_collected():
    """Up go the topics that are collected, down comes the request for what is missing, nothing else."""
    lines = re.findall(r"(?m)^topic (\S+) (out|in) 1$", (CONFIGS / "bridge.conf").read_text())
    up = {f"+/devices/+/{name}" for name in NAMES} | {f"+/{SOFTWARE}"}
    assert {topic for topic, way in lines if way == "out"} == up
    assert [topic for topic, way in lines if way == "in"] == [f"+/devices/+/{RESEND}"]


def test_a_real_bridge(tmp_path):
    """A summary reaches the campus through the shipped bridge; a live value stays; a request comes back."""
    with ExitStack() as ends:
        campus = ends.enter_context(Broker(tmp_path / "campus"))
        hub = ends.enter_context(Broker(tmp_path / "hub", extra=bridge(campus.port)))
        above, below = (ends.enter_context(Listener(one.port)) for one in (campus, hub))
        base = "site/devices/dev-1"
        until(lambda: below.send(f"{base}/availability", "online") or above.on("availability"))
        below.send(f"{base}/mimicry/live", "{}")
        below.send(f"{base}/mimicry/summary", summary(1).payload, retain=True)
        (got,) = above.wait_for("mimicry/summary")
        assert json.loads(got.payload) == json.loads(summary(1).payload)
        above.send(f"{base}/{RESEND}", "{}")
        below.wait_for(RESEND)
        assert above.on("mimicry/live") == []
        late = ends.enter_context(Listener(campus.port))
        late.send(f"{base}/end", "")
        late.wait_for("/end")
        assert late.on("mimicry/summary") == []
