"""What the page sends to a browser of a room at the workplace, byte by byte."""

import re
import time
import urllib.request
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from edge.campus.message import Message
from edge.campus.store import Store
from edge.config.sections import PrivacySection
from edge.missing import Seen
from edge.privacy import Door
from edge.records import Movement
from tests.campus.conftest import health, summary, write
from tests.page.house import Device, needs_page, page
from tests.page.meeting import NOON_S, stamp
from tests.publish.broker import until
from tests.publish.browser import Browser
from tests.publish.scene import report

pytestmark = [needs_page]
PEOPLE = (417, 523, 861)
ABOUT_PEOPLE = {
    "their numbers": r"\b(417|523|861)\b",
    "curves": r'class=\\*"(smile|brow)\\*" d=|d=\\*"M\d+ \d+L',
    "pairs": r"\d+ (follows|and) \d+",
    "lag profiles": r"s: \d+ moves first|Fisher z",
    "movements": r"lip corners|brow (up|down)",
    "time of a person": r"person \d",
    "index of two people": r"\b0\.83\b",
}
"""What belongs to people or pairs, as it looks in HTML or in a WebSocket's JSON."""


SHOWN = {"workplace": ["Profile workplace"], "research": ["417", "lip corners up", "person 417"]}
"""Words by which a browser shows that it got what there is."""
VIEWS = {
    "/": ["dev-1"],
    "/alerts": ["dev-1"],
    "/notice/dev-1": ["Kamera"],
    "/history/dev-1?span=week": ["nothing came: "],
    "/history/dev-1?day={day}": ["by the hour", "up to 2"],
}
SMILE = Movement(person=417, channel="AU12", onset_ns=0, apex_ns=10**9, offset_ns=2 * 10**9, amplitude=3.0)
SEEN = tuple(Seen(person=one, seconds=60.0, missing={"turned": 0.5}) for one in PEOPLE)


def publish(device, profile):
    """Publish what the door of a profile lets out of a meeting of three, without consent."""
    door = Door(PrivacySection(profile=profile), muted=lambda: False, consent=lambda: False, summary_s=1.0)
    rng = np.random.default_rng(3)
    for second in range(6):
        known = replace(report(rng, second, list(PEOPLE)), seen=SEEN, events=(SMILE,))
        for message in door.filter(known):
            take = {"live": device.live, "summary": device.summary}.get(message.kind)
            if take:
                take(dict(message.body))


def remember(url, profile):
    """Fill a store with ten minutes of two people, yesterday at noon."""
    usual = {"window_s": 60.0, "profile": profile, "state": "above", "index": 0.83, "people": 2}
    begin_s = NOON_S
    kept = [summary(k + 1, time=stamp(begin_s + 60 * k), **usual) for k in range(10)]
    online = Message("site/devices/dev-1/availability", b"online")
    with closing(Store(url)) as store:
        write(store, *kept, online, health(time=stamp(time.time())))


def sent(port, folder, profile):
    """Return all that the page sent to a browser that looked at every view while the device published."""
    device, texts = Device(port, folder / "state", profile=profile), []
    store = f"sqlite:///{folder}/campus.sqlite"
    remember(store, profile)
    device.say(mode="degraded", condition="degraded", why="no camera")
    with (
        page(port, "--store", store, folder=folder) as address,
        Browser(folder / "browser", (1400, 1000)) as browser,
    ):
        browser.record()

        def shows(words):
            publish(device, profile)
            return all(word in browser.text() for word in words)

        for view, words in {**VIEWS, "/room/dev-1": SHOWN[profile]}.items():
            path = address + view.format(day=stamp(NOON_S)[:10])
            browser.open(path)
            until(partial(shows, words), 180.0)
            with urllib.request.urlopen(path) as answer:
                texts.append(answer.read().decode())
        texts += browser.frames
    device.close()
    return "\n".join(texts)


def found(text):
    """Return what of `ABOUT_PEOPLE` a text holds."""
    return {name for name, form in ABOUT_PEOPLE.items() if re.search(form, text)}


def test_nothing_about_people_is_sent_at_the_workplace(broker, tmp_path):
    """Of every byte that reaches the browser none is about a person or a pair; in research, all kinds are."""
    text = sent(broker.port, tmp_path / "work", "workplace")
    assert "Profile workplace" in text
    assert found(text) == set()
    assert found(sent(broker.port, tmp_path / "lab", "research")) == {*ABOUT_PEOPLE}
