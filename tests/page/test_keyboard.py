"""The page without a mouse, without motion and without colours, in a real browser."""

import re

import pytest

from tests.page.house import Device, needs_page, page
from tests.page.meeting import VIEWS, meeting
from tests.publish.broker import until
from tests.publish.browser import Browser

pytestmark = [needs_page, pytest.mark.xdist_group("page")]
HERE = "document.activeElement.innerText || document.activeElement.name || document.activeElement.tagName"
RING = """
(() => { const one = document.activeElement;
  const ring = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return one.matches(":focus-visible") && one.getBoundingClientRect().width > 0
    && (ring(getComputedStyle(one)) || getComputedStyle(one, "::after").content !== "none"
      && ring(getComputedStyle(one, "::after"))); })()
"""
INTERACTIVE = """
[...document.querySelectorAll('a[href], button, input:not([type=hidden]), [tabindex="0"]')]
  .filter(one => one.checkVisibility({ checkVisibilityCSS: true })).length
"""
IN_DIALOG = "!!document.activeElement.closest('[role=dialog]')"
NOT_BEHIND = f"{IN_DIALOG} || document.activeElement === document.body"
"""After the last element of a dialog the focus is the browser's own, as after the last one of a page."""
DIALOGS = "document.querySelectorAll('[role=dialog]').length"
WATCH = """
window.moved = 0;
(function look() {
  moved = Math.max(moved, document.getAnimations().filter(one => one.playState === "running").length);
  requestAnimationFrame(look);
})()
"""
MARKED = "[...document.querySelectorAll('.badge, .state')].map(one => [one.className, one.innerText.trim()])"
DASHES = """
["smile", "brow"].map(name => getComputedStyle(document.querySelector(`path.${name}`)).strokeDasharray)
"""


@pytest.fixture
def browser(tmp_path):
    """Yield a browser as wide as a laptop."""
    with Browser(tmp_path / "browser", (1400, 1000)) as one:
        yield one


def value(browser, script):
    """Return what a script answers."""
    return browser.run(script).get("value")


def tab_to(browser, words, turns=40):
    """Press Tab until what has the focus begins with these words."""
    seen = []
    for _ in range(turns):
        browser.press("Tab")
        seen.append(str(value(browser, HERE)))
        if seen[-1].startswith(words):
            return
    raise AssertionError(f"expected {words!r} to be reached by Tab, got {seen}")


def test_tab_reaches_everything_and_shows_where_it_is(browser, tmp_path):
    """On each view Tab comes to as many elements as can be used, every one with a visible ring."""
    with meeting(tmp_path) as held:
        for view in VIEWS:
            held.show(browser, view)
            for turn in range(value(browser, INTERACTIVE)):
                browser.press("Tab")
                assert value(browser, RING), (view, turn, value(browser, HERE))


def test_a_dialog_is_used_by_keys(broker, browser, tmp_path):
    """Enter opens, Tab reaches nothing behind, Escape closes and gives the focus back; Space mutes."""
    device = Device(broker.port, tmp_path / "state")
    with page(broker.port, folder=tmp_path) as address:
        browser.open(f"{address}/room/dev-1")
        browser.wait("no live data", "Mute")
        for word, shown in (("What this", "At chance means"), ("Mute", "Mute this room?")):
            tab_to(browser, word)
            browser.press("Enter")
            browser.wait(shown)
            until(lambda: value(browser, IN_DIALOG))
            for shift in (False, False, False, True, True, True, True):
                browser.press("Tab", shift)
                until(lambda: value(browser, NOT_BEHIND))
            browser.press("Escape")
            until(lambda: value(browser, DIALOGS) == 0)
            until(lambda word=word: str(value(browser, HERE)).startswith(word))
        browser.press("Space")
        browser.wait("Mute this room?")
        until(lambda: value(browser, IN_DIALOG))
        tab_to(browser, "Mute", turns=4)
        assert not device.privacy.muted
        browser.press("Space")
        until(lambda: device.privacy.muted)
    device.close()


def test_rooms_are_sorted_and_searched_by_keys(broker, browser, tmp_path):
    """Enter on a column's head sorts by it; Enter in the field searches."""
    device = Device(broker.port, tmp_path / "state")
    with page(broker.port, folder=tmp_path) as address:
        browser.open(address)
        browser.wait("dev-1")
        tab_to(browser, "Version")
        browser.press("Enter")
        until(lambda: value(browser, "location.search") == "?sort=version")
        browser.wait("dev-1")
        tab_to(browser, "q")
        browser.press("Enter")
        until(lambda: "q=" in (value(browser, "location.search") or ""))
    device.close()


def test_who_wants_no_motion_gets_none(broker, browser, tmp_path):
    """With less motion preferred nothing runs while a dialog opens and closes; otherwise something does."""
    device = Device(broker.port, tmp_path / "state")
    with page(broker.port, folder=tmp_path) as address:
        for motion, moves in (("no-preference", True), ("reduce", False)):
            browser.prefer("light", motion)
            browser.open(f"{address}/room/dev-1")
            browser.wait("no live data", "Mute")
            browser.run(WATCH)
            browser.run("document.querySelector('.q-btn.link').click()")
            browser.wait("At chance means")
            until(lambda: value(browser, IN_DIALOG))
            browser.press("Escape")
            until(lambda: value(browser, DIALOGS) == 0)
            assert (value(browser, "moved") > 0) == moves, motion
    device.close()


def test_nothing_is_told_by_colour_alone(browser, tmp_path):
    """States of different colours have different words, and the curves of a person different lines."""
    with meeting(tmp_path) as held:
        colours = {}
        for view in ("rooms", "alerts", "room"):
            held.show(browser, view)
            for kind, shown in value(browser, MARKED):
                assert re.search(r"[a-z]{3}", shown), (view, kind)
                colours.setdefault(shown, set()).add(kind.split()[-1])
        assert {"! degraded", "● measuring", "■ muted", "▲ above chance", "≈ at chance"} <= colours.keys()
        assert [shown for shown, kinds in colours.items() if len(kinds) > 1] == []
        smile, brow = value(browser, DASHES)
        assert smile != brow
