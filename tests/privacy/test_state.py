"""The privacy state machine: sources, order, power cuts, clocks."""

import itertools
import json
import logging
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config.sections import PrivacySection
from edge.errors import PrivacyError
from edge.privacy import SOURCES, PrivacyState
from edge.privacy.file import COPY, NAME, Facts, load
from edge.records import Command

NOW_S = 1_800_000_000.0


def privacy(folder, now_s=NOW_S, **more):
    """Return a machine on the folder."""
    return PrivacyState(PrivacySection(**more), folder, now_s)


def ask(on, kind="privacy", *, until_s=None, retained=False):
    """Return a request of the building."""
    body = {"on": on, "by": "test", "until_s": until_s}
    return Command(kind=kind, body=body, retained=retained)


def booking(consent, start_s=NOW_S - 60, end_s=NOW_S + 3600):
    """Return a booking."""
    body = {"id": "b", "start_s": start_s, "end_s": end_s, "consent": consent}
    return Command(kind="booking", body=body)


@pytest.mark.parametrize("asked", list(itertools.product([False, True], repeat=4)))
def test_mute_is_the_or_of_every_source(tmp_path, asked):
    """Local button, switch, room topic and a booking without consent: any one mutes, none does not."""
    local, remote, room, refused = asked
    machine = privacy(tmp_path)
    machine.set_local(NOW_S, on=local)
    machine.handle(ask(remote), NOW_S)
    machine.handle(ask(room, "room_privacy"), NOW_S)
    machine.handle(booking(not refused), NOW_S)
    assert any(asked) == machine.muted
    assert ("ON" if any(asked) else "OFF") == machine.payload()["state"]
    assert set(SOURCES) == set(machine.sources())


def test_each_change_is_logged_once(tmp_path, caplog):
    """The journal has one line when the effective state changes, with who asked, and none otherwise."""
    caplog.set_level(logging.INFO)
    machine = privacy(tmp_path)
    machine.handle(ask(True), NOW_S)
    machine.set_local(NOW_S, on=True)
    machine.handle(ask(False), NOW_S)
    machine.set_local(NOW_S, on=False)
    logged = [record.getMessage() for record in caplog.records]
    assert logged == ["privacy on, asked by: remote", "privacy off, asked by: nobody"]


def test_remote_never_lifts_a_local_mute(tmp_path):
    """Whatever the building asks, the button on the device wins."""
    machine = privacy(tmp_path)
    machine.set_local(NOW_S, on=True)
    for command in (ask(False), ask(False, "room_privacy"), booking(True)):
        machine.handle(command, NOW_S)
        assert machine.muted is True


def test_a_kept_request_is_ignored(tmp_path):
    """A retained `privacy/set` changes nothing; the room's topic is the retained path."""
    machine = privacy(tmp_path)
    assert machine.handle(ask(True, retained=True), NOW_S) is False
    assert machine.muted is False
    machine.handle(ask(True, "room_privacy", retained=True), NOW_S)
    assert machine.muted is True


def test_state_survives_the_process(tmp_path):
    """A mute of every persisted source is in force at once in the next process."""
    for source in ("local", "remote", "room"):
        machine = privacy(tmp_path / source)
        if source == "local":
            machine.set_local(NOW_S, on=True)
        else:
            machine.handle(ask(True, "privacy" if source == "remote" else "room_privacy"), NOW_S)
        assert privacy(tmp_path / source).muted is True


def test_first_boot_follows_the_configuration(tmp_path):
    """`default_at_boot` speaks at the first boot only."""
    machine = privacy(tmp_path, default_at_boot="on")
    assert machine.muted is True
    machine.handle(ask(False), NOW_S)
    assert privacy(tmp_path, default_at_boot="on").muted is False


def test_unmute_may_expire(tmp_path):
    """An un-mute with an end reverts to mute, also in the next process."""
    machine = privacy(tmp_path)
    machine.handle(ask(False, until_s=NOW_S + 60), NOW_S)
    assert machine.tick(NOW_S + 59, 59.0) is False
    again = privacy(tmp_path)
    assert again.tick(NOW_S + 61, 5.0) is True
    assert again.muted is True


@pytest.mark.parametrize("jump_s", [-86400.0, 86400.0])
def test_clock_jumps_move_deadlines(tmp_path, jump_s):
    """A day's jump of the wall clock neither ends a mute early nor prolongs an un-mute."""
    machine = privacy(tmp_path)
    machine.tick(NOW_S, 0.0)
    machine.handle(ask(True, until_s=NOW_S + 60), NOW_S)
    machine.tick(NOW_S + jump_s + 1, 1.0)
    assert machine.muted is True
    machine.tick(NOW_S + jump_s + 59, 59.0)
    assert machine.muted is True
    machine.tick(NOW_S + jump_s + 61, 61.0)
    assert machine.muted is False


@pytest.mark.parametrize(("jump_s", "muted"), [(86400.0, True), (-86400.0, False)])
def test_clock_jumps_prolong_no_unmute(tmp_path, jump_s, muted):
    """A clock set forward may end an un-mute early, never late; set back, it lasts as long as asked."""
    machine = privacy(tmp_path)
    machine.tick(NOW_S, 0.0)
    machine.handle(ask(False, until_s=NOW_S + 60), NOW_S)
    machine.tick(NOW_S + jump_s + 30, 30.0)
    assert muted == machine.muted
    machine.tick(NOW_S + jump_s + 61, 61.0)
    assert machine.muted is True


@pytest.mark.parametrize("kind", ["privacy", "room_privacy"])
def test_a_timed_mute_shortens_no_endless_one(tmp_path, kind):
    """A mute without an end stays when one with an end comes, and when an expired one comes late."""
    machine = privacy(tmp_path)
    machine.handle(ask(True, kind), NOW_S)
    for until_s in (NOW_S + 60, NOW_S - 60):
        machine.handle(ask(True, kind, until_s=until_s), NOW_S)
        machine.tick(NOW_S + 61, 61.0)
        assert machine.muted is True


def test_an_expired_request_has_no_effect(tmp_path):
    """A timed request that arrives after its end never flickers: not muted stays so, an un-mute mutes."""
    machine = privacy(tmp_path)
    assert machine.handle(ask(True, until_s=NOW_S - 1), NOW_S) is False
    assert machine.muted is False
    assert machine.handle(ask(False, until_s=NOW_S - 1), NOW_S) is True
    assert machine.muted is True


def test_required_booking(tmp_path):
    """With `require_booking` only a booking with consent in force un-mutes, and only while it lasts."""
    machine = privacy(tmp_path, require_booking=True)
    assert machine.muted is True
    machine.handle(booking(True), NOW_S)
    assert machine.muted is False
    assert machine.consent is True
    machine.tick(NOW_S + 3601, 3601.0)
    assert machine.muted is True


def test_hub_lost(tmp_path):
    """`on_hub_lost: mute` mutes from the start until the hub is there and whenever it goes."""
    machine = privacy(tmp_path, on_hub_lost="mute")
    assert machine.muted is True
    machine.tick(NOW_S, 0.0, hub_connected=True)
    assert machine.muted is False
    machine.tick(NOW_S + 1, 1.0, hub_connected=False)
    assert machine.muted is True


def test_deaf(tmp_path):
    """`on_deaf: mute` mutes while the hub is there and requests do not arrive; `keep` does not."""
    for wish in ("mute", "keep"):
        machine = privacy(tmp_path / wish, on_deaf=wish)
        assert machine.muted is False
        machine.tick(NOW_S, 0.0, hub_deaf=True)
        assert machine.muted is machine.sources()["hub"] is (wish == "mute")
        machine.tick(NOW_S + 1, 1.0, hub_deaf=False)
        assert machine.muted is False


def test_unsaved_mute_is_in_force_and_told(tmp_path, monkeypatch):
    """When the disk refuses, a mute holds and an un-mute does not, and both say so."""
    machine = privacy(tmp_path)
    monkeypatch.setattr(os, "fsync", _refuse)
    with pytest.raises(PrivacyError):
        machine.handle(ask(True), NOW_S)
    assert machine.muted is True
    with pytest.raises(PrivacyError):
        machine.handle(ask(False), NOW_S)
    assert machine.muted is True


def _refuse(_handle):
    raise OSError(28, os.strerror(28))


def test_fsync_comes_before_the_answer(tmp_path, monkeypatch):
    """Both copies and their folder are on the disk before `handle` returns."""
    calls = []
    monkeypatch.setattr(os, "fsync", lambda handle: calls.append(Path(f"/proc/self/fd/{handle}").readlink()))
    monkeypatch.setattr(os, "replace", lambda part, name: calls.append((part, name)))
    privacy(tmp_path).handle(ask(True), NOW_S)
    own = f"{os.uname().nodename}.{os.getpid()}"
    parts = [tmp_path / f".{Path(name).stem}.{own}.part.json" for name in (NAME, COPY)]
    first, second = parts
    assert calls == [
        *(first, (first, tmp_path / NAME), tmp_path),
        *(second, (second, tmp_path / COPY), tmp_path),
    ]


@pytest.mark.parametrize("step", range(20))
def test_killed_at_any_step_it_comes_back_muted(tmp_path, step, monkeypatch):
    """A power cut at any file operation of a mute leaves a mute, or the request unanswered to come again."""
    machine = privacy(tmp_path)
    machine.handle(ask(False), NOW_S)
    left = [step]
    for name in ("open", "fsync", "close", "replace"):
        monkeypatch.setattr(os, name, _dying(getattr(os, name), left))
    answered = True
    try:
        machine.handle(ask(True), NOW_S)
    except (Cut, PrivacyError):
        answered = False
    assert machine.muted is True
    monkeypatch.undo()
    again = privacy(tmp_path)
    if not again.muted:
        assert answered is False
        again.handle(ask(True), NOW_S)
    assert again.muted is True


class Cut(BaseException):
    """The power went."""


def _dying(real, left):
    def call(*args, **more):
        left[0] -= 1
        if left[0] < 0:
            raise Cut
        return real(*args, **more)

    return call


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_damaged_files_close(shm, data):
    """One damaged copy changes nothing; with both, the device is muted and the building cannot lift it."""
    folder = Path(tempfile.mkdtemp(dir=shm))
    machine = privacy(folder)
    machine.handle(ask(False), NOW_S)
    whole = load(folder)
    for name in (NAME, COPY)[: data.draw(st.integers(1, 2))]:
        raw = bytearray((folder / name).read_bytes())
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= data.draw(st.integers(1, 255))
        (folder / name).write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    try:
        found = load(folder)
    except PrivacyError:
        again = privacy(folder)
        again.handle(ask(False), NOW_S)
        assert again.muted is True
    else:
        assert whole == found


@given(
    st.lists(st.tuples(st.sampled_from(["local", "remote", "room", "yes", "no"]), st.booleans()), max_size=30)
)
@settings(max_examples=150, deadline=None)
def test_next_process_agrees_with_a_model(shm, steps):
    """After any sequence of requests the next process has the mute that a plain model has."""
    folder = Path(tempfile.mkdtemp(dir=shm))
    machine, model = privacy(folder), {"local": False, "remote": False, "room": False, "refused": False}
    for source, on in steps:
        if source == "local":
            machine.set_local(NOW_S, on=on)
        elif source in {"remote", "room"}:
            machine.handle(ask(on, "privacy" if source == "remote" else "room_privacy"), NOW_S)
        else:
            machine.handle(booking(source == "yes"), NOW_S)
            model["refused"] = source == "no"
        if source in model:
            model[source] = on
        assert any(model.values()) == machine.muted == privacy(folder).muted


def test_files_are_for_the_owner_only(tmp_path):
    """The state is readable by the service alone, and holds no name but the request's own."""
    privacy(tmp_path).handle(ask(True), NOW_S)
    assert {0o600} == {(tmp_path / name).stat().st_mode & 0o777 for name in (NAME, COPY)}
    assert set(asdict(Facts())) == set(json.loads((tmp_path / NAME).read_text())["facts"])
