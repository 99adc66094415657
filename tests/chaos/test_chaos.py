"""The short form of `make chaos`."""

import pytest

from tests.chaos import deaf, faults, kills, mute, signals, tapped


@pytest.mark.slow
def test_kills_lose_nothing_committed(tmp_path):
    """Device and broker killed at random: every row seen on the disk arrives, in order, few twice."""
    figures = kills.kill_loop(tmp_path, results=600, device_kills=3, broker_kills=1)
    assert figures["committed"] >= 600
    assert figures["missing"] == 0
    assert figures["out_of_order"] == 0
    assert figures["duplicates"] <= figures["duplicates_allowed"]
    assert figures["lost_uncommitted"] <= 4 * 90


def test_clock_jumps_evict_nothing(tmp_path):
    """A wall clock set by a day forward and back neither drops nor reorders anything."""
    figures = faults.clock_jumps(tmp_path)
    assert (figures["missing"], figures["out_of_order"], figures["results"]) == (0, 0, 400)


def test_backlog_drains(tmp_path):
    """A backlog drains in order, without a drop."""
    figures = faults.backlog(tmp_path, rows=300)
    assert (figures["missing"], figures["out_of_order"], figures["broker_dropped"]) == (0, 0, 0)


@pytest.mark.slow
def test_a_mute_is_total(tmp_path):
    """A measuring device told to mute closes the recording, tells it, says nothing measured after."""
    figures = mute.latency(tmp_path, rounds=3)
    assert (figures["said_while_muted"], figures["cameras_open"]) == (0, 0)


@pytest.mark.slow
def test_a_muted_device_stays_silent(tmp_path):
    """Whatever else the building asks of a muted device, it neither measures nor says a measure."""
    figures = mute.silence(tmp_path, seconds=2)
    assert figures["messages"] > 5
    assert (figures["said_while_muted"], figures["points_said"], figures["cameras_open"]) == (0, 0, 0)


@pytest.mark.slow
def test_killed_while_muting_it_comes_back_muted(tmp_path):
    """The process dies between the request and the state it tells: the next one is muted."""
    assert mute.deaths(tmp_path, rounds=2)["came_back_unmuted"] == 0


def test_a_mute_is_heard_through_floods(tmp_path):
    """Large, kept and mixed messages: every mute is taken, and the device is never deaf."""
    figures = deaf.floods(tmp_path, rounds=2)
    assert (figures["mutes"], figures["quietly_deaf"]) == (4, 0)
    assert figures["refused"] > 500


def test_a_line_that_is_half_open_is_replaced(tmp_path):
    """Nothing arrives any more and nobody says so: a new connection brings the mute."""
    assert deaf.half_open(tmp_path, rounds=2)["mutes"] == 2


def test_deafness_is_noticed_and_so_is_its_end(tmp_path):
    """Rights to read taken away and given back, subscriptions refused, nothing passed on: each is named."""
    assert deaf.access_lists(tmp_path, rounds=1)["quietly_deaf"] == 0
    assert deaf.strangers(tmp_path, rounds=2)["quietly_deaf"] == 0


@pytest.mark.slow
def test_signals_hang_nothing(tmp_path):
    """A hundred SIGHUP at random moments, then SIGTERM: the device measures on and ends with 0."""
    assert mute.signals(tmp_path, count=100)["hung"] == 0


def test_no_moment_is_wrong_for_a_signal(tmp_path):
    """Forty lives of the service, signals from the first moment on: each ends, and well."""
    figures = signals.terminations(tmp_path, rounds=40, real=0)
    assert figures == {"lives": 40, "hung": 0, "ended_ill": 0}


@pytest.mark.slow
def test_a_device_at_work_says_nothing_about_anybody(tmp_path):
    """A whole device sees four people at the workplace: every byte it sends fits the contract."""
    figures = tapped.four_people(tmp_path, seconds=1)
    assert figures["people"] == 4
    assert figures["person_level"] == 0
