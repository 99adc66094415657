"""History and alerts in a real browser: from a real store, seen once, after a restart still seen."""

import os
import time

import pytest

pytest.importorskip("sqlalchemy")

from edge.campus.message import Message
from edge.campus.store import Store
from tests.campus.conftest import health, summary, write
from tests.page import past
from tests.page.house import Device, needs_page, page
from tests.page.meeting import NOON_S
from tests.publish.broker import until
from tests.publish.browser import Browser

pytestmark = [needs_page, pytest.mark.xdist_group("page")]
YESTERDAY = time.strftime("%Y-%m-%d", time.gmtime(NOON_S))
POSTGRESQL = os.environ.get("CAMPUS_STORE", "")
SEE = "document.querySelector('button.seen').click()"


def stamp(ago_s):
    """Return a time as devices write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - ago_s))


@pytest.fixture
def store(tmp_path):
    """Return the address of a store with ten minutes of a room at the workplace."""
    url = f"sqlite:///{tmp_path}/campus.sqlite"
    filled = Store(url)
    usual = {"window_s": 60.0, "profile": "workplace", "state": "at_chance"}
    minutes = [summary(k, time=stamp(60 * (12 - k)), device="old-1", **usual) for k in (1, 2, 3, 7, 8, 9)]
    online = Message("site/devices/old-1/availability", b"online")
    write(filled, *minutes, online, health(device="old-1", time=stamp(0), condition="measuring"))
    filled.close()
    return url


def test_a_room_has_a_past(store, broker, tmp_path):
    """The store alone fills Rooms and shows a room's day and week; with the store gone there is one line."""
    with (
        page(broker.port, "--broker", "", "--store", store, folder=tmp_path) as address,
        Browser(tmp_path / "browser", (1400, 1000)) as browser,
    ):
        browser.open(address)
        browser.wait("old-1", "measuring")
        browser.run("document.querySelector('tbody a').click()")
        browser.wait("History", "No live values")
        browser.run("[...document.querySelectorAll('a')].find(a => a.innerText == 'History').click()")
        browser.wait("by the hour", "at chance: ", "results are missing: ")
        browser.run("[...document.querySelectorAll('a')].find(a => a.innerText == 'week').click()")
        browser.wait("results are missing: ")
        until(lambda: browser.run("document.querySelectorAll('.day svg').length").get("value") == 7)
        (tmp_path / "campus.sqlite").rename(tmp_path / "away.sqlite")
        browser.open(f"{address}/history/old-1")
        browser.wait("No connection", "The store does not answer")


@pytest.mark.skipif(not POSTGRESQL, reason="needs CAMPUS_STORE, the address of an empty PostgreSQL")
def test_postgresql_is_behind_the_page(broker, tmp_path):
    """A day and a week of a room from PostgreSQL, without a hub."""
    past.fill(POSTGRESQL, 1, 1, NOON_S + 43_200)
    with (
        page(broker.port, "--broker", "", "--store", POSTGRESQL, folder=tmp_path) as address,
        Browser(tmp_path / "browser", (1400, 1000)) as browser,
    ):
        browser.open(f"{address}/history/room-0?day={YESTERDAY}")
        browser.wait("by the hour", "up to 3", "at chance: ")
        browser.open(f"{address}/history/room-0?span=week&day={YESTERDAY}")
        browser.wait("at chance: ")
        until(lambda: browser.run("document.querySelectorAll('.day svg').length").get("value") == 7)


def test_an_alert_is_seen_by_two_browsers_and_after_a_restart(broker, tmp_path):
    """A button notes who has seen an alert; another browser and a page started again show that note."""
    device = Device(broker.port, tmp_path / "device")
    device.say(mode="degraded", condition="degraded", why="no camera")
    state = ("--state", str(tmp_path / "state"))
    with (
        page(broker.port, *state, folder=tmp_path) as address,
        Browser(tmp_path / "one", (1400, 1000)) as one,
        Browser(tmp_path / "two", (1400, 1000)) as two,
    ):
        one.open(address)
        one.wait("not seen by anybody")
        one.run("[...document.querySelectorAll('a')].find(a => a.innerText == 'Alerts').click()")
        two.open(f"{address}/alerts")
        for browser in (one, two):
            browser.wait("no camera", "I have seen it")
        one.run(SEE)
        for browser in (one, two):
            browser.wait("this machine, ")
    with (
        page(broker.port, *state, folder=tmp_path) as address,
        Browser(tmp_path / "again", (1400, 1000)) as browser,
    ):
        browser.open(f"{address}/alerts")
        browser.wait("no camera", "this machine, ")
        device.say()
        until(lambda: "no camera" not in browser.text())
    device.close()
