"""What an address asks of the table: which devices, in which order, and what it cannot ask for."""

import re
from datetime import UTC

import pytest

from edge.hub import Item
from edge.page import rooms
from edge.page.choice import KEYS, Choice, choice
from edge.page.fleet import Fleet
from tests.page.payloads import HEALTH, MUTED, NOW_S, fleet_of, read


def fleet():
    """Return four devices that differ in every column; of the last almost nothing is known."""
    found = fleet_of(
        b={"health": {"software": "0.10.0", "sys": {"temp_c": 40.0}, "spool": {"rows": 7}}},
        A={"health": {"software": "0.9.2", "sys": {"temp_c": 80.5}, "clock": "unsynced", "why": "dark"}},
        c={"privacy": MUTED},
        d={
            "health": dict.fromkeys(HEALTH, None),
            "privacy": {"time": None},
            "availability": {"state": "offline"},
        },
    )
    for device, count in (("b", 6), ("A", 4), ("c", 5), ("d", 5)):
        found.update(Item(device, "summary", {"people": count}, retained=True), NOW_S)
    return found


def order(sort, down=""):
    """Return the devices in the order of a column."""
    return "".join(card.device for card in Choice(sort=sort, down=down).cards(fleet()))


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("room", "Abcd", "dcbA"),
        ("doing", "dcAb", "Abcd"),
        ("version", "cAbd", "bAcd"),
        ("temperature", "bcAd", "Acbd"),
        ("waiting", "Acbd", "bAcd"),
        ("clock", "Abcd", "bcAd"),
        ("why", "Adbc", "Adbc"),
        ("people", "Abdc", "bAdc"),
    ],
)
def test_each_column_orders_both_ways(sort, up, down):
    """Versions count as numbers, letters without their case, and what is not known stands last both ways."""
    assert (order(sort), order(sort, "1")) == (up, down)


def test_an_address_holds_what_is_unusual():
    """What is chosen comes back from its address; what cannot be asked for is as usual."""
    assert choice("", "", "", "") == choice("none", "", "__class__", "") == Choice()
    assert Choice().address() == "?"
    chosen = choice("muted", "x" * 300, "people", "yes")
    assert chosen == Choice("muted", "x" * 200, "people", "1")
    assert Choice("muted", "a b&", "people", "1").address(show="all") == "?q=a+b%26&sort=people&down=1"


def test_the_column_that_sorts_is_marked():
    """The head of the sorting column turns the order round, and screen readers hear which way it is."""
    html = rooms.table(Fleet(), Choice(sort="people"), UTC)
    assert re.findall(r'aria-sort="(\w+)"', html) == ["ascending"]
    assert "?sort=people&amp;down=1" in html
    html = rooms.table(Fleet(), Choice(sort="people", down="1"), UTC)
    assert re.findall(r'aria-sort="(\w+)"', html) == ["descending"]
    assert '"?sort=people"' in html
    assert "People  ▼" in read(html)
    kept = rooms.search(Choice(sort="heard", down="1", show="old"))
    assert re.findall(r'name="(\w+)" type="hidden" value="(\w+)"', kept) == [
        ("show", "old"),
        ("sort", "heard"),
        ("down", "1"),
    ]


def test_payloads_of_other_forms_are_ordered_too():
    """Text where a number belongs counts as not known, and stops nobody's table."""
    wild = fleet_of(
        a={"health": {"sys": "hot", "spool": [1]}},
        b={"health": {"sys": {"temp_c": "40"}, "software": 7, "why": ["x"]}},
        c={"health": {"sys": {"temp_c": 4}, "clock": {"a": 1}}},
    )
    for name in KEYS:
        assert len(Choice(sort=name, down="1").cards(wild)) == 3
    assert Choice(sort="temperature").cards(wild)[0].device == "c"
