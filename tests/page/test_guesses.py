"""Guesses of the page's password: by the numbers, then over HTTP on the page as it is started."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from edge.page.access import Access
from edge.page.guesses import ADDRESSES, HERE, PAUSE_S, WAITING, Guesses, origin
from tests.page.house import needs_page, page
from tests.page.test_access import PASSWORD, Inside, ask, basic


def test_a_second_guess_waits():
    """The first is looked at at once, the next one pause later, a third behind it, later ones not at all."""
    guesses = Guesses()
    assert guesses.wait_s("a", 5.0) == 0.0
    guesses.wrong("a", 5.0)
    waits = [guesses.wait_s("a", 5.0) for _ in range(WAITING + 1)]
    assert waits == [*(PAUSE_S * k for k in range(1, WAITING + 1)), None]
    assert guesses.wait_s("b", 5.0) == 0.0


def test_an_hour_of_guesses_without_pause():
    """Whoever asks ten times a second for an hour has one password looked at in every pause."""
    guesses, looked = Guesses(), []
    for now_s in (k / 10 for k in range(36000)):
        if (wait_s := guesses.wait_s("a", now_s)) is not None:
            looked.append(now_s + wait_s)
            guesses.wrong("a", now_s + wait_s)
    assert len(looked) == pytest.approx(3600 / PAUSE_S, abs=WAITING + 1)
    assert min(b - a for a, b in pairwise(looked)) > PAUSE_S - 1e-9


def test_the_right_password_costs_nobody_a_pause():
    """After somebody's slip the right password may come as often as it likes."""
    guesses = Guesses()
    guesses.wrong("a", 0.0)
    for _ in range(100):
        assert guesses.wait_s("a", 0.5) == PAUSE_S - 0.5
        guesses.right("a")
    assert guesses.wait_s("a", PAUSE_S) == 0.0


def test_addresses_are_forgotten():
    """Of more addresses than are remembered the one that guessed least recently goes."""
    guesses = Guesses()
    for number in range(ADDRESSES):
        guesses.wrong(f"{number}", 0.0)
    guesses.wrong("0", 0.0)
    guesses.wrong("another", 0.0)
    assert guesses.wait_s("0", 0.0) > 0.0
    assert guesses.wait_s("1", 0.0) == 0.0
    assert guesses.wait_s("2", 0.0) > 0.0


def test_the_log_tells_at_each_power_of_ten(caplog):
    """A hundred wrong passwords are three lines with the address, none with a password."""
    guesses = Guesses()
    for _ in range(109):
        guesses.wrong("192.0.2.7", 0.0)
    lines = [f"wrong password of the page from 192.0.2.7, {count} so far" for count in (1, 10, 100)]
    assert caplog.messages == lines


@pytest.mark.parametrize(
    ("peer", "lane"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", HERE),
        ("evil\n", HERE),
    ],
)
def test_whose_guesses_count_together(peer, lane):
    """Whoever has a network of IPv6 has as many addresses as he likes: its guesses count together."""
    assert origin(peer) == lane


@pytest.mark.parametrize(("proxied", "peer"), [(True, None), (True, ("127.0.0.1", 5)), (False, None)])
def test_behind_a_proxy_each_caller_waits_alone(proxied, peer, caplog):
    """Of `--proxied` the last address that the proxy has named counts, else all callers are one."""
    access = Access(Inside(), password=PASSWORD, loopback_only=False, proxied=proxied)
    for caller in ("10.0.0.1, 192.0.2.7", "192.0.2.8"):
        given = {"authorization": basic("no"), "x_forwarded_for": caller}
        if caller == "192.0.2.8" and not proxied:
            continue
        assert ask(access, peer=peer, host="page.example", **given)[0]["status"] == 401
    named = [re.search("from (.*),", line)[1] for line in caplog.messages]
    assert named == (["192.0.2.7", "192.0.2.8"] if proxied else [HERE])


def test_too_many_at_once_are_told_when_to_come_again(monkeypatch):
    """Behind one that was wrong as many wait as may; the next is refused, even the right one."""
    monkeypatch.setattr("edge.page.guesses.PAUSE_S", 0.01)
    access, sent = Access(Inside(), password=PASSWORD, loopback_only=False), []

    async def send(message):
        sent.append(message)

    async def all_at_once():
        named = [[b"host", b"page.example"], [b"authorization", None]]
        for_each = [
            dict(named) | {b"authorization": basic(word).encode()} for word in ["no"] * 11 + [PASSWORD]
        ]
        scopes = [
            {"type": "http", "headers": list(one.items()), "client": ("10.0.0.1", 5)} for one in for_each
        ]
        await asyncio.gather(*(access(scope, None, send) for scope in scopes))

    asyncio.run(all_at_once())
    answers = [one for one in sent if one["type"] == "http.response.start"]
    statuses = [one["status"] for one in answers]
    assert sorted(statuses) == [401] * (1 + WAITING) + [429]
    assert dict(answers[statuses.index(429)]["headers"])[b"retry-after"] == b"20"


def asked(url, source, password="", cookie=""):
    """Ask from an address of this machine; return the status, the seconds it took and the cookie."""
    began_s = time.monotonic()
    place = urlsplit(url)
    line = HTTPConnection(place.hostname, place.port, timeout=60, source_address=(source, 0))
    headers = {"Authorization": basic(password)} if password else {}
    line.request("GET", place.path or "/", headers=headers | ({"Cookie": cookie} if cookie else {}))
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, time.monotonic() - began_s, (answer.getheader("set-cookie") or "").partition(";")[0]


@needs_page
@pytest.mark.xdist_group("page")
def test_guesses_over_http(broker, tmp_path):
    """Guesses from one address wait, the right password behind them; who is in, or elsewhere, does not."""
    (tmp_path / "login").write_text(PASSWORD)
    options = ("--bind", "0.0.0.0", "--login-file", str(tmp_path / "login"))
    with page(broker.port, *options, folder=tmp_path) as url, ThreadPoolExecutor(4) as pool:
        cookie = asked(url, "127.0.0.1", PASSWORD)[2]
        guesses = list(pool.map(lambda k: asked(url, "127.0.0.1", f"guess {k}"), range(4)))
        assert [status for status, _, _ in guesses] == [401] * 4
        assert sorted(took_s for _, took_s, _ in guesses) == pytest.approx([0, 2, 4, 6], abs=PAUSE_S / 2)
        late = pool.submit(asked, url, "127.0.0.1", PASSWORD)
        for source, given in (("127.0.0.2", {"password": PASSWORD}), ("127.0.0.1", {"cookie": cookie})):
            status, _, _ = asked(url, source, **given)
            assert status == 200
            assert not late.done()
        assert late.result()[0] == 200
    log = (tmp_path / "page.log").read_text()
    assert log.count("wrong password of the page from 127.0.0.1, 1 so far") == 1
    assert "guess" not in log
