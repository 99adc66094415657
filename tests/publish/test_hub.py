"""The consumer: each message once, gaps named, older brokers too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import PublishError
from edge.hub import Hub, Ledger
from tests.publish.broker import until


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_each_number_is_new_once(numbers):
    """In any order, with any repetition, a number is new exactly the first time."""
    ledger = Ledger()
    ledger.take("dev", "before", 1)
    seen = set()
    for number in numbers:
        new, missing = ledger.take("dev", "boot", number)
        assert (number not in seen) == new
        assert not set(missing) & seen
        seen.add(number)


def test_gaps_are_told_once():
    """What is missing before a number is told when the number comes, and not again."""
    ledger = Ledger()
    ledger.take("dev", "a", 7)
    assert ledger.take("dev", "a", 10) == (True, [8, 9])
    assert ledger.take("dev", "a", 9) == (True, [])
    assert ledger.take("dev", "a", 11) == (True, [])
    assert ledger.take("dev", "b", 3) == (True, [1, 2])


def test_the_hub_hears_a_device(broker, publisher):
    """Availability, health, privacy state, live values and durable messages arrive as their kinds."""
    one = publisher(broker.port)
    rng = np.random.default_rng(1)
    with Hub(f"mqtt://127.0.0.1:{broker.port}", site="site", device="dev-1") as hub:
        until(lambda: hub.connected and one.connected)
        kinds = set()
        until(lambda: (item := hub.poll(0.1)) and not kinds.add(item.kind))  # a live value waits for nobody
        one.publish_health({})
        one.publish_privacy({"state": "OFF"})
        one.publish_event({"type": "start", "id": "1", "t_s": float(rng.integers(9)), "start_s": 0.0})
        until(lambda: one.publish_live({"t_s": 0.0, "count": 1}) or one.counters.live_sent)
        until(lambda: kinds.add(item.kind if (item := hub.poll(0.1)) else "") or len(kinds - {""}) == 5)
        assert {"availability", "health", "privacy", "event", "live"} == kinds - {""}


def test_a_bad_address_is_named():
    """Anything but mqtt:// or mqtts:// with a host is refused."""
    for url in ("http://x", "mqtt://", ""):
        with pytest.raises(PublishError):
            Hub(url)
