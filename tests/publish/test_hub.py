"""The consumer: each message once, gaps named; why nothing comes."""

import json
from collections import Counter
from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import PublishError
from edge.hub import Hub
from edge.hub.hub import NAMES
from edge.hub.ledger import Ledger
from edge.hub.login import login_of
from tests.publish.broker import Broker, Listener, until
from tests.publish.conftest import tls_listener, users
from tests.publish.fake_broker import FakeBroker
from tests.publish.wire import Tap


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
    assert ledger.take("dev", "b", 1 << 60) == (True, list(range(4, 1004)))


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
    """Anything but mqtt[s]:// or ws[s]:// with a host is refused, without its password."""
    for url in ("http://x", "mqtt://", "mqtt://x:none", ""):
        with pytest.raises(PublishError):
            Hub(url)
    for url in ("mqtt://u:geh/e@im@hub:99999", "u:geh/e@im@hub:x"):
        with pytest.raises(PublishError) as caught:
            Hub(url)
        assert "geh" not in str(caught.value)
        assert "@hub:" in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"device": "x#"}, {"site": "a/+"}, {"topic_prefix": "#"}, {"kinds": "live"}, {"kinds": ["lvie"]}],
)
def test_what_no_device_sends_is_refused(wrong):
    """A device, a site or a kind that cannot exist is an error, not silence for ever."""
    with pytest.raises(PublishError, match=f"expected .*, got .* at {next(iter(wrong))}"):
        Hub("mqtt://127.0.0.1:1", **wrong)


def test_an_address_is_decoded():
    """A user or password with @, : or % is written as %40 and the like, and the password is not shown."""
    login = login_of("mqtts://me%40corp:a%3Ab%25@[::1]", password="", password_file="", client_id="")
    assert (login.host, login.port, login.tls) == ("::1", 8883, True)
    assert (login.username, login.password) == ("me@corp", "a:b%")
    assert "a:b%" not in repr(login)


def test_a_protected_hub_lets_it_in(tmp_path, certificates):
    """Authority, client certificate and a password from a file, with the mark of an editor in front of it."""
    password = tmp_path / "password"
    password.write_bytes(b"\xef\xbb\xbfright\r\n")
    listener = tls_listener(certificates, "good", "require_certificate true\nallow_anonymous false\n")
    extra = users(tmp_path, "me@corp")
    files = {"ca_file": "ca.pem", "cert_file": "good.pem", "key_file": "good.key"}
    with (
        Broker(tmp_path / "broker", listener=listener, extra=extra) as b,
        Hub(
            f"mqtts://me%40corp@127.0.0.1:{b.port}",
            password_file=str(password),
            **{name: str(certificates / file) for name, file in files.items()},
        ) as hub,
    ):
        until(lambda: hub.connected)
        assert hub.trouble == ""


@pytest.mark.parametrize(
    "case",
    [
        (None, "mqtt://127.0.0.1:1", "", "Connection refused at 127.0.0.1:1"),
        (None, "mqtt://nobody.invalid", "", "not known|Temporary failure in name resolution"),
        ("", "mqtts://127.0.0.1:{}", "ca", "no TLS at that port"),
        ("good", "mqtt://127.0.0.1:{}", "", "does that port ask for TLS or for a client certificate"),
        ("good", "mqtts://127.0.0.1:{}", "stranger", "unable to get local issuer|self-signed"),
        ("expired", "mqtts://127.0.0.1:{}", "ca", "certificate has expired"),
        ("host", "mqtts://127.0.0.1:{}", "ca", "not valid for '127.0.0.1'|mismatch"),
        ("password", "mqtt://me:wrong@127.0.0.1:{}", "", "the hub refuses me: Not authorized"),
    ],
)
def test_why_nothing_comes(tmp_path, certificates, case):
    """The reason of every failure is known within five seconds."""
    server, url, authority, reason = case
    listener = tls_listener(certificates, server) if server in {"good", "expired", "host"} else ""
    extra = users(tmp_path, "me") if server == "password" else ""
    ca_file = str(certificates / f"{authority}.pem") if authority else ""
    with ExitStack() as stack:
        port = 0
        if server is not None:
            port = stack.enter_context(Broker(tmp_path / "b", listener=listener, extra=extra)).port
        hub = stack.enter_context(Hub(url.format(port), ca_file=ca_file))
        until(lambda: any(word in hub.trouble for word in reason.split("|")))
        assert not hub.connected


def test_a_refusal_to_read_is_known(tmp_path):
    """A hub that accepts the user and refuses every subscription is no silence."""
    fake = FakeBroker()
    fake.refused = tuple(f"site/devices/d/{name}" for name in NAMES)
    with Hub(f"mqtt://127.0.0.1:{fake.port}", site="site", device="d") as hub:
        until(lambda: "refuses to let site/devices/d/mimicry/live" in hub.trouble)
    fake.close()


def test_a_cut_loses_nothing(tmp_path):
    """Two hundred devices, 21 summaries each, the line cut in their middle: every one comes, and once."""
    extra = "max_queued_messages 10000"  # as in the hub's own file
    heard, kinds = Counter(), Counter()
    with (
        Broker(tmp_path / "broker", extra=extra) as b,
        Tap(b.port) as tap,
        Listener(b.port, "nothing") as devices,
        Hub(f"mqtt://127.0.0.1:{tap.port}", site="site") as hub,
    ):
        until(lambda: devices.send("site/devices/d0/health", "{}") or hub.poll(0.1))
        for seq in range(1, 22):
            if seq == 10:
                tap.hang_up()
                until(lambda: not hub.connected)
            for device in range(200):
                body = json.dumps({"boot": "b", "seq": seq})
                devices.client.publish(f"site/devices/d{device}/mimicry/summary", body, 1)
        while heard.total() < 4200 and (item := hub.poll(10)):
            kinds[item.kind] += 1
            if item.kind == "summary":
                heard[item.device, item.body["seq"]] += 1
    assert (4200, {1}, 0) == (len(heard), set(heard.values()), kinds["gap"])
