"""Alerts: what holds of a device, how long it counts as seen, and what of it outlives the page."""

import json
from datetime import UTC

import pytest

from edge.errors import PublishError
from edge.hub import Item
from edge.page import attention
from edge.page.alerts import KINDS, MUTED_S, Alert, Alerts
from edge.page.notes import NAME, Notes
from edge.page.watch import LOOK_S, SETTLE_S, Watch
from tests.page.payloads import HEALTH, MUTED, NOW_S, fleet_of, read

RIGHT = {"base": "a", "kind": "old", "detail": "", "since_s": 1, "by": "", "at_s": 0}
LONG_S = NOW_S - MUTED_S - 1
HELD = {
    "offline": {"availability": {"state": "offline"}},
    "deaf": {"availability": {"state": "deaf"}},
    "safe": {"health": {"mode": "safe", "condition": "safe"}},
    "degraded": {"health": {"mode": "degraded", "why": "no camera"}},
    "muted": {"privacy": MUTED | {"since_s": LONG_S}},
    "clock": {"health": {"clock": "unsynced"}},
    "old": {"health": {"software": "0.0.9"}},
}


class Archive:
    """What a store knows of gaps."""

    def __init__(self, missing=(), trouble=""):
        self.missing, self.trouble = dict(missing), trouble


def looked(watch, now_s=NOW_S, heard=True):
    """Look twice, so that what came has settled; return what holds as (device, kind)."""
    watch.look(now_s, heard=heard)
    watch.look(now_s + SETTLE_S, heard=heard)
    return {(one.device, one.kind) for one in watch.alerts.shown()}


def changed(fleet, device, kind, body, now_s=NOW_S):
    """Let a device send something; it counts as there for a while."""
    fleet.update(Item(device, kind, body, base=f"hq/devices/{device}"), now_s)


def test_each_condition_holds_of_its_own_device():
    """One device of each kind: away, deaf, safe, degraded, muted for a day, clock, old, and with a gap."""
    fleet = fleet_of(fine={}, lacking={}, brief={"privacy": MUTED}, **HELD)
    watch = Watch(fleet, Alerts(), Archive({"hq/devices/lacking": "3 from 7 of 0000000a"}))
    assert looked(watch) == {(kind, kind) for kind in HELD} | {("lacking", "gap")}
    assert {one.kind for one in watch.alerts.shown()} == KINDS.keys()
    assert [one.kind for one in watch.alerts.shown()] == list(KINDS)
    details = {one.kind: one.detail for one in watch.alerts.shown()}
    assert (details["degraded"], details["old"]) == ("no camera", "0.0.9")
    since = {one.kind: one.since_s for one in watch.alerts.shown()}
    assert (since["muted"], since["offline"]) == (LONG_S, NOW_S)


def test_what_was_seen_is_seen_until_it_ends_or_changes():
    """A note stays while the condition holds, goes with another reason, and with the end of the condition."""
    fleet = fleet_of(ill=HELD["degraded"])
    watch = Watch(fleet, Alerts())
    looked(watch)
    key = ("hq/devices/ill", "degraded")
    assert not watch.alerts.acknowledge(key, "another reason", by="ann", now_s=NOW_S)
    assert watch.alerts.acknowledge(key, "no camera", by="ann", now_s=NOW_S)
    assert watch.alerts.acknowledge(key, "no camera", by="bob", now_s=NOW_S + 1)
    later = NOW_S + SETTLE_S
    for step in range(1, 4):
        watch.look(later + step * LOOK_S, heard=True)
    assert (watch.alerts.rows[key].by, watch.alerts.rows[key].at_s) == ("ann", NOW_S)
    changed(fleet, "ill", "health", HEALTH | HELD["degraded"]["health"] | {"why": "dark"})
    watch.look(later + 20, heard=True)
    assert (watch.alerts.rows[key].detail, watch.alerts.rows[key].by) == ("dark", "")
    changed(fleet, "ill", "health", HEALTH | {"mode": "run"})
    watch.look(later + 30, heard=True)
    assert watch.alerts.rows == {}
    assert not watch.alerts.acknowledge(key, "dark", by="ann", now_s=NOW_S)


def test_what_is_not_known_changes_nothing():
    """While a device is away its other alerts stay; while the hub or the store is away all of theirs do."""
    alerts = Alerts([Alert("hq/devices/a", "degraded", "dark", 1.0, "ann", 2.0)])
    alerts.update("hq/devices/a", {"gap": ("3", 1.0)})
    alerts.rows["hq/devices/a", "degraded"] = Alert("hq/devices/a", "degraded", "dark", 1.0, "ann", 2.0)
    fleet = fleet_of(a={"availability": {"state": "offline"}})
    watch = Watch(fleet, alerts, Archive(trouble="away"))
    assert looked(watch, heard=False) == {("a", "gap"), ("a", "degraded")}
    assert looked(watch) == {("a", "gap"), ("a", "degraded"), ("a", "offline")}
    assert alerts.rows["hq/devices/a", "degraded"].by == "ann"


def test_nothing_begins_before_the_hub_has_told_what_it_keeps():
    """For the first seconds after the start and after each cut nothing begins and nothing ends."""
    fleet = fleet_of(gone=HELD["offline"])
    watch = Watch(fleet, Alerts())
    watch.look(NOW_S, heard=True)
    watch.look(NOW_S + SETTLE_S - 1, heard=True)
    watch.look(NOW_S + SETTLE_S, heard=False)
    watch.look(NOW_S + SETTLE_S + 1, heard=True)
    watch.look(NOW_S + 2 * SETTLE_S, heard=True)
    assert watch.alerts.rows == {}
    watch.look(NOW_S + 2 * SETTLE_S + 1, heard=True)
    assert len(watch.alerts.rows) == 1


def test_a_device_that_left_needs_nobody():
    """What the hub was made to forget is no device any more, and nothing is said of it."""
    fleet = fleet_of(gone=HELD["offline"], ill=HELD["degraded"])
    watch = Watch(fleet, Alerts())
    looked(watch)
    changed(fleet, "gone", "availability", {"state": ""})
    watch.look(NOW_S + 60, heard=True)
    assert {one.device for one in watch.alerts.shown()} == {"ill"}


def test_notes_outlive_the_page(tmp_path):
    """What somebody has seen is there after a restart; a folder that is not there is made."""
    notes = Notes(tmp_path / "state")
    alerts = notes.read()
    assert alerts.rows == {}
    alerts.update("hq/devices/a", {"deaf": ("deaf", 7.0), "old": ("0.0.9", 8.0)})
    alerts.acknowledge(("hq/devices/a", "deaf"), "deaf", by="Jörg <b>", now_s=9.0)
    notes.write(alerts)
    again = Notes(tmp_path / "state").read()
    assert again.rows == alerts.rows
    assert [one.by for one in again.shown()] == ["", "Jörg <b>"]
    assert Notes(None).read().rows == {}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "{}x", "[7]", '[{"base": "a"}]', "[" * 100_000, "\xff"),
        *(json.dumps([RIGHT | wrong]) for wrong in ({"kind": "new"}, {"base": 3}, {"since_s": "x"})),
    ],
)
def test_a_damaged_file_is_named(tmp_path, text):
    """A file that is none of ours is refused in one line, and left as it is."""
    (tmp_path / NAME).write_text(text, encoding="latin-1")
    with pytest.raises(PublishError, match=rf"expected a list of alerts.*{NAME}"):
        Notes(tmp_path).read()
    assert (tmp_path / NAME).read_text(encoding="latin-1") == text


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    """Where nothing can be written the page goes on and names the reason, until it can."""
    notes, alerts = Notes(tmp_path / "state"), Notes(tmp_path / "state").read()
    (tmp_path / "state").rmdir()
    alerts.update("hq/devices/a", {"deaf": ("deaf", 7.0)})
    notes.write(alerts)
    assert "expected a writable file" in notes.trouble
    (tmp_path / "state").mkdir()
    notes.write(alerts)
    assert notes.trouble == ""
    assert Notes(tmp_path / "state").read().rows == alerts.rows


def test_alerts_as_html():
    """Names and reasons are escaped, who has seen what is named with the time, the rest has a button."""
    alerts = Alerts()
    alerts.update("hq/devices/a", {"degraded": ("<script>", NOW_S), "clock": ("not synchronised", 1e300)})
    alerts.update("hq/devices/b", {"deaf": ("deaf", NOW_S)})
    alerts.acknowledge(("hq/devices/b", "deaf"), "deaf", by="<b>", now_s=NOW_S)
    html = attention.table(alerts, UTC)
    assert "<script>" not in html
    assert 'data-detail="&lt;script&gt;"' in html
    assert html.count("<button") == 2
    assert "<b>, 22 Nov 21:31" in read(html)
    assert attention.counts(alerts) == "3 alerts, 2 not seen by anybody"
    assert "Nothing needs" in read(attention.table(Alerts(), None))
