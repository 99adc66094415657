"""Topics of floors and buildings on a real hub: what the views show of the newest hour, and nothing else."""

import json
import signal
import subprocess
import sys

import pytest

from edge.campus.floors import HOUR_MS, SETTLE_MS
from edge.campus.topics import FloorTopics
from edge.hub.login import login_of
from tests.campus.conftest import rows
from tests.campus.test_floors import BEGIN_MS, close, fill
from tests.publish.broker import Broker, Listener, until

NOW_MS = BEGIN_MS + HOUR_MS + SETTLE_MS + 60_000  # the first hour is shown from then on
FIGURE = {"v": 1, "time": "2026-03-04T05:00:00Z", "building": "A"}


def topics_of(port, store, **more):
    """Return what keeps the topics of a store on a hub."""
    login = login_of(f"mqtt://127.0.0.1:{port}", password="", password_file="", client_id="")
    return FloorTopics(store.engine.url.render_as_string(hide_password=False), login, **more)


@pytest.fixture
def hub(tmp_path, store):
    """Return a hub, and the topics of the store on it."""
    with Broker(tmp_path / "hub", persistent=False) as broker:
        topics = topics_of(broker.port, store)
        yield broker, topics
        topics.close()


def retained(port):
    """Return what a hub holds of floors and buildings; a message of one's own ends the list."""
    with Listener(port) as found:
        found.send("end", "")
        found.wait_for("end")
        return {one.topic: json.loads(one.payload) for one in found.heard if one.retain}


def holds(hub, now_ms, expected):
    """Wait until the hub holds just that."""
    broker, topics = hub

    def same():
        topics.step(now_ms)
        return retained(broker.port) == expected

    until(same)


def test_a_hub_holds_the_newest_hour(hub, store):
    """Large floors and buildings have a topic each, retained; names that MQTT would misread are quoted."""
    fill(store, {"1": [0.5] * 5, "2": [0.9] * 5, "3": [0.1] * 4})
    with store.engine.begin() as db:
        db.exec_driver_sql("UPDATE device SET floor = '2/+ #.' WHERE floor = '2'")
    close(store)
    figure = FIGURE | {"rooms": 5, "people": 15}
    shown = {
        "site/buildings/A/floors/1/hour": FIGURE | {"floor": "1", "rooms": 5, "people": 15, "index": 0.5},
        "site/buildings/A/floors/2%2F%2B%20%23%2E/hour": figure | {"floor": "2/+ #.", "index": 0.9},
    }
    holds(hub, NOW_MS, shown)
    holds(hub, NOW_MS - 1, {})  # the collector may not have decided yet: the hour before is shown, of none


def test_what_is_too_few_is_emptied(hub, store):
    """In the next hour a room is missing: the floor's topic and the building's are emptied."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    places = ("site/buildings/A/floors/1/hour", "site/buildings/A/hour")
    own = FIGURE | {"rooms": 5, "people": 15, "index": 0.5}
    holds(hub, NOW_MS, {places[0]: own | {"floor": "1"}, places[1]: own})
    fill(store, {"1": [0.5] * 4}, hour=1)
    close(store, 1)
    holds(hub, NOW_MS + HOUR_MS, {})


def test_a_hub_that_lost_its_memory_is_told_again(hub, store):
    """Whatever a hub forgets or keeps from before, it holds what the views show."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    until(lambda: hub[1].step(NOW_MS) or len(retained(hub[0].port)) == 2)
    hub[0].signal(signal.SIGKILL)
    hub[0].start()
    with Listener(hub[0].port) as somebody:
        somebody.send("site/buildings/B/floors/9/hour", "{}", retain=True)
    own = {"site/buildings/A/floors/1/hour", "site/buildings/A/hour"}
    until(lambda: hub[1].step(NOW_MS) or retained(hub[0].port).keys() == own)


def test_a_hub_forgets_what_nobody_renews(hub, store):
    """A figure is gone at the end of the hour in which it is shown, whoever has died."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    with Listener(hub[0].port, "site/#") as somebody:
        until(lambda: hub[1].step(NOW_MS) or somebody.on("A/hour"))
        assert somebody.on("A/hour")[0].properties.MessageExpiryInterval == 3660


def test_another_site_is_left_alone(hub, store):
    """With a site of its own, a hub holds nothing of others."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    other = topics_of(hub[0].port, store, site="elsewhere")
    until(lambda: other.step(NOW_MS) or hub[1].step(NOW_MS) or len(retained(hub[0].port)) == 2)
    other.step(NOW_MS)
    assert len(retained(hub[0].port)) == 2
    other.close()


def test_it_reads_the_views_alone(hub, store):
    """Without every table, the views are enough; without them nothing changes."""
    fill(store, {"1": [0.5] * 5})
    close(store)
    with store.engine.begin() as db:
        for name in ("summary", "measure", "event", "span", "run", "least", "decided"):
            db.exec_driver_sql(f"ALTER TABLE {name} RENAME TO gone_{name}")
    until(lambda: hub[1].step(NOW_MS) or len(retained(hub[0].port)) == 2)
    with store.engine.begin() as db:
        db.exec_driver_sql("DROP VIEW floor_hour")
    hub[1].step(NOW_MS)
    assert len(retained(hub[0].port)) == 2


def test_the_command_ends_as_a_service_does(tmp_path, store):
    """It keeps what a store decided, and SIGTERM ends it with 0."""
    command = [sys.executable, "-m", "edge", "floors", "--store", store.engine.url.render_as_string()]
    with Broker(tmp_path / "hub") as hub, Listener(hub.port) as somebody:
        somebody.send("site/buildings/B/hour", "{}", retain=True)
        process = subprocess.Popen([*command, "--broker", f"mqtt://127.0.0.1:{hub.port}"])
        until(lambda: somebody.on("B/hour")[1:])
        assert [one.payload for one in somebody.on("B/hour")] == [b"{}", b""]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert rows(store, "SELECT * FROM floor_hour") == []
