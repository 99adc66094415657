"""All devices, and the notice at a door: what is claimed, and when nothing can be."""

from datetime import UTC

import pytest

from edge.hub import Item
from edge.page import notice
from edge.page.fleet import FILTERS, SILENT_S, Card, Fleet
from tests.page.payloads import HEALTH, MUTED, NOW_S, fleet_of, read


def test_the_gravest_come_first_and_each_filter_holds_its_own():
    """Rooms: order, filters and their counts, an older version, words of the topic."""
    fleet = fleet_of(
        quiet={},
        old={"health": {"software": "0.0.9"}},
        gone={"availability": {"state": "offline"}},
        shut={"privacy": MUTED},
        ill={"health": {"condition": "degraded"}},
        deaf={"availability": {"state": "deaf"}},
        safe={"health": {"condition": "safe"}},
    )
    assert {card.device for card in fleet.shown("all", "")[:4]} == {"gone", "ill", "deaf", "safe"}
    found = {name: [card.device for card in fleet.shown(name, "")] for name in FILTERS}
    assert found["offline"] == ["gone"]
    assert found["muted"] == ["shut"]
    assert found["deaf"] == ["deaf"]
    assert found["safe"] == ["safe"]
    assert found["degraded"] == ["ill"]
    assert found["old"] == ["old"]
    assert fleet.counts() == {name: len(devices) for name, devices in found.items()}
    assert [card.device for card in fleet.shown("all", "HQ sh")] == ["shut"]


def test_a_device_without_a_word_is_silent():
    """What the hub has kept from long ago, or has heard nothing of since, is not taken for the present."""
    fleet = Fleet()
    old = HEALTH | {"time": "2026-11-22T20:00:00.000Z"}
    card = fleet.update(Item("a", "health", old, retained=True), NOW_S)
    assert card.condition == "silent"
    fleet.update(Item("a", "health", HEALTH), NOW_S)
    assert card.condition == "measuring"
    assert fleet.age(NOW_S + SILENT_S - 1) == set()
    assert fleet.age(NOW_S + SILENT_S) == {"a"}
    assert card.condition == "silent"


NOTICES = {
    "measuring": ({}, True, "The camera is open", "Die Kamera ist offen"),
    "muted": ({"privacy": MUTED}, True, "Muted: the camera is closed", "Stumm geschaltet"),
    "stopped": ({"availability": {"state": "stopped"}}, True, "Not running", "Nicht in Betrieb"),
    "offline": ({"availability": {"state": "offline"}}, True, "Not known", "Nicht bekannt"),
    "no hub": ({"privacy": MUTED}, False, "Not known", "Nicht bekannt"),
}


@pytest.mark.parametrize(("changes", "heard", "english", "german"), NOTICES.values(), ids=NOTICES)
def test_the_notice_claims_what_is_certain(changes, heard, english, german):
    """In both languages; only a device that is heard can be called muted; never a number of people."""
    card = fleet_of(a=changes).cards["a"]
    card.summary = {"people": 17}
    words = read(notice.notice(card, heard=heard, zone=UTC))
    assert english in words
    assert german in words
    assert "17" not in words
    assert ("since 20:31" in words) == (english in {"The camera is open", "Muted: the camera is closed"})


def test_the_notice_of_a_silent_device_claims_nothing():
    """A mute of which the device has not spoken for long is not taken for the present."""
    fleet = fleet_of(a={"privacy": MUTED})
    fleet.age(NOW_S + SILENT_S)
    assert "Not known" in read(notice.notice(fleet.cards["a"], heard=True, zone=UTC))


def test_what_leaves_follows_profile_and_consent():
    """Room level; pairs during a booking with consent; people in research."""
    cards = [
        fleet_of(a={"privacy": one}).cards["a"] for one in ({}, {"consent": True}, {"profile": "research"})
    ]
    said = [read(notice.notice(card, heard=True, zone=UTC)) for card in cards]
    assert ["pairs of people" in words for words in said] == [False, True, False]
    assert ["about each person" in words for words in said] == [False, False, True]


def test_a_card_holds_the_last_words_only():
    """However much a device sends, its card holds one payload of each kind."""
    fleet = Fleet()
    for number in range(500):
        fleet.update(Item("a", "summary", {"people": number}), NOW_S)
    assert fleet.cards["a"].summary == {"people": 499}
    assert len(fleet.cards) == 1
    assert isinstance(fleet.cards["a"], Card)
