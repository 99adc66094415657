"""The page in a real browser, with a real broker and a device that obeys."""

import json

import pytest

from tests.page.house import Device, needs_page, page, status
from tests.page.meeting import talking
from tests.publish.broker import Broker, until
from tests.publish.browser import Browser
from tests.view import scenes

pytestmark = [needs_page, pytest.mark.xdist_group("page")]
CLICK = "[...document.querySelectorAll('button')].filter(b => b.innerText.includes('%s')).at(-1).click()"


@pytest.fixture
def device(broker, tmp_path):
    """Yield a device at the broker."""
    one = Device(broker.port, tmp_path / "state")
    yield one
    one.close()


@pytest.fixture
def browser(tmp_path):
    """Yield a browser as wide as a laptop."""
    with Browser(tmp_path / "browser", (1400, 1000)) as one:
        yield one


def test_a_room_is_shown_and_muted(broker, device, browser, tmp_path):
    """Rooms lists the device, its room shows who follows whom, a confirmed mute closes the camera."""
    with page(broker.port, folder=tmp_path) as address:
        browser.open(address)
        browser.wait("dev-1", "measuring", "0.1.0")
        browser.run("document.querySelector('tbody a').click()")
        browser.wait("Who follows whom", "no live data")

        def followed():
            device.live(scenes.live(70.0))
            return "3 and 7" in browser.text()

        until(followed)
        browser.wait("▲ above chance", "turned away 12%")
        browser.run(CLICK % "Mute")
        browser.wait("Mute this room?")
        assert not device.privacy.muted
        browser.run(CLICK % "Mute")
        until(lambda: device.privacy.muted)
        browser.wait("Muted by remote. The camera is closed.", "Lift the mute")
        assert "3 and 7" not in browser.text()
        browser.run(CLICK % "Lift the mute")
        browser.wait("Lift the mute of this room?")
        browser.run(CLICK % "Lift the mute")
        until(lambda: not device.privacy.muted)


def test_times_are_those_of_the_reader(broker, device, browser, tmp_path):
    """What happened at 21:30:30 UTC is shown as 03:15:30 in Nepal, and as 18:00:30 in Newfoundland."""
    event = json.dumps(scenes.episode("start", 30.0))
    with page(broker.port, folder=tmp_path) as address, talking(broker.port) as client:
        for zone, shown in (("Asia/Kathmandu", "03:15:30"), ("America/St_Johns", "18:00:30")):
            browser.live_in(zone)
            browser.open(f"{address}/room/dev-1")
            browser.wait("What happened")

            def happened(shown=shown):
                client.publish("site/devices/dev-1/mimicry/event", event, 1)
                return shown in browser.text()

            until(happened, 120.0)


def test_the_notice_follows_the_device_and_the_broker(broker, device, browser, tmp_path):
    """In both languages: measuring, not known while the broker is away, measuring again, stopped."""
    with page(broker.port, folder=tmp_path) as address:
        browser.open(f"{address}/notice/dev-1")
        browser.wait("The camera is open", "Die Kamera ist offen")
        broker.close()
        browser.wait("Its camera may be open", "Seine Kamera kann offen sein")
        broker.start()
        until(lambda: device.connected)
        browser.wait("The camera is open", "Die Kamera ist offen")
        device.close()
        browser.wait("Not running", "Nicht in Betrieb")


def test_a_change_keeps_the_row_and_the_focus(broker, device, browser, tmp_path):
    """A new temperature replaces one cell: the row keeps its nine cells, and the link in it the focus."""
    with page(broker.port, folder=tmp_path) as address:
        browser.open(address)
        browser.wait("dev-1", "55")
        browser.run("document.querySelector('tbody a').focus()")
        device.say(sys={"temp_c": 71.0})
        browser.wait("71")
        assert browser.run("document.querySelector('tbody tr').children.length")["value"] == 9
        assert browser.run("document.activeElement.innerText")["value"] == "dev-1"


def test_filters_stand_in_the_address(broker, device, browser, tmp_path):
    """A filter in the address shows what belongs to it; the table follows when that changes."""
    with page(broker.port, folder=tmp_path) as address:
        browser.open(f"{address}/?show=degraded")
        browser.wait("degraded", "all")
        assert "dev-1" not in browser.text()
        device.say(condition="degraded", mode="degraded", why="no camera")
        browser.wait("dev-1", "no camera")
        browser.open(f"{address}/?q=elsewhere")
        browser.wait("Search")
        assert "dev-1" not in browser.text()


def test_rows_move_with_what_they_are_sorted_by(broker, device, browser, tmp_path):
    """A head sorts by its column; a row whose value changes moves, and keeps the focus."""
    other = Device(broker.port, tmp_path / "other", name="dev-2")
    other.say(sys={"temp_c": 60.0})
    rows = "[...document.querySelectorAll('tbody a')].map(a => a.innerText).join(' ')"

    def shows(order):
        return lambda: browser.run(rows).get("value") == order

    with page(broker.port, folder=tmp_path) as address:
        browser.open(f"{address}/?q=site")
        browser.wait("dev-1", "dev-2")
        browser.run("[...document.querySelectorAll('thead a')].find(a => a.innerText == '°C').click()")
        until(shows("dev-1 dev-2"))
        assert browser.run("location.search")["value"] == "?q=site&sort=temperature"
        browser.run("document.querySelector('tbody a').focus()")
        device.say(sys={"temp_c": 71.0})
        until(shows("dev-2 dev-1"))
        assert browser.run("document.activeElement.innerText")["value"] == "dev-1"
        other.say(sys={"temp_c": 80.0})  # at once: the order is looked at later, with nothing new by then
        until(shows("dev-1 dev-2"))
    other.close()


def test_who_may_not_mute_is_told_so(browser, tmp_path):
    """A user whom the hub's list lets only read can ask; the hub's refusal is shown, and nothing is muted."""
    (tmp_path / "acl").write_text("topic readwrite #\nuser watch\ntopic read +/devices/#\n")
    with Broker(tmp_path / "guarded", f"acl_file {tmp_path / 'acl'}") as broker:
        watched = Device(broker.port, tmp_path / "watched")
        with page(
            broker.port, "--broker", f"mqtt://watch@127.0.0.1:{broker.port}", folder=tmp_path
        ) as address:
            browser.open(f"{address}/room/dev-1")
            browser.wait("no live data", "Mute")
            browser.run(CLICK % "Mute")
            browser.wait("Mute this room?")
            browser.run(CLICK % "Mute")
            browser.wait("The hub refused: Not authorized", "may only look")
        assert not watched.privacy.muted
        watched.close()


def test_the_network_needs_a_password(broker, tmp_path):
    """Bound to an address of the network: 401 without the password, 200 with it."""
    (tmp_path / "login").write_text("correct horse\n")
    options = ("--bind", "0.0.0.0", "--login-file", str(tmp_path / "login"))
    with page(broker.port, *options, folder=tmp_path) as url:
        assert status(url) == 401
        assert status(url, Authorization="Basic OndyPXc=") == 401
        assert status(url, Authorization="Basic OmNvcnJlY3QgaG9yc2U=") == 200
