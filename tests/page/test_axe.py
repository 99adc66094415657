"""What axe-core finds on each view, light and dark, with and without an open dialog."""

import json
import os
from pathlib import Path

import pytest

from tests.page.house import Device, needs_page, page
from tests.page.meeting import meeting
from tests.publish.broker import until
from tests.publish.browser import Browser
from tests.view import scenes

AXE = os.environ.get("AXE", "")
pytestmark = [needs_page, pytest.mark.skipif(not AXE, reason="needs AXE, the file axe.min.js: make page")]
RUN = "window.axed = null; axe.run(document).then(result => { window.axed = JSON.stringify(result) })"
OPEN = "[...document.querySelectorAll('button')].find(b => b.innerText.includes('%s')).click()"


def found(browser, rules=11):
    """Return what axe-core objects to on what is shown, where at least `rules` of its rules hold."""
    browser.run(Path(AXE).read_text())
    browser.run(RUN)
    until(lambda: browser.run("window.axed").get("value"))
    result = json.loads(browser.run("window.axed")["value"])
    assert len(result["passes"]) >= rules
    return [(one["impact"], one["id"], one["nodes"][0]["html"]) for one in result["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(broker, tmp_path, scheme):
    """No finding of any gravity on Rooms, Alerts, Room, Notice and on both dialogs."""
    device = Device(broker.port, tmp_path / "state")
    with (
        page(broker.port, folder=tmp_path) as address,
        Browser(tmp_path / "browser", (1400, 1000)) as browser,
    ):
        browser.prefer(scheme)
        for view in ("/?sort=people", "/alerts", "/notice/dev-1", "/room/dev-1"):
            browser.open(address + view)
            browser.wait("dev-1")
            assert found(browser) == [], view

        def followed():
            device.live(scenes.live(70.0))
            return "3 and 7" in browser.text()

        until(followed)
        assert found(browser) == []
        for word, shown in (("Mute", "Mute this room?"), ("does not mean", "At chance means")):
            browser.open(f"{address}/room/dev-1")
            browser.wait(word)
            browser.run(OPEN % word)
            browser.wait(shown)
            assert found(browser) == [], word
    device.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_past(tmp_path, scheme):
    """No finding of any gravity on a day and on a week of History."""
    with meeting(tmp_path) as held, Browser(tmp_path / "browser", (1400, 1000)) as browser:
        browser.prefer(scheme)
        for view in ("history", "week"):
            held.show(browser, view)
            assert found(browser) == [], view
