"""Who is let in, asked as a server asks an ASGI application."""

import asyncio
import base64

import pytest

from edge.page.access import SOMEBODY, Access, user_of
from edge.page.guesses import HERE

PASSWORD = "correct horse"


class Inside:
    """An application that notes who got in."""

    def __init__(self):
        self.seen, self.users = [], []

    async def __call__(self, scope, receive, send):
        """Answer."""
        self.seen.append(scope["type"])
        self.users.append(user_of(scope))
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(access, kind="http", peer=("127.0.0.1", 5), **headers):
    """Return the messages that a request from a peer is answered with."""
    sent = []

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(access({"type": kind, "headers": named, "client": peer}, None, send))
    return sent


def basic(password, user=""):
    """Return the header of a Basic authorization."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_loopback_refuses_foreign_names():
    """On loopback only our own host names are served: a name that was rebound to us is not."""
    inside = Inside()
    access = Access(inside)
    for host in ("127.0.0.1:8585", "localhost:8585", "[::1]:8585"):
        assert ask(access, host=host)[0]["status"] == 200
    for host in ("evil.example", "127.0.0.1.evil.example:8585", ""):
        assert ask(access, host=host)[0]["status"] == 403
    assert len(inside.seen) == 3


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_site_opens_no_websocket(origin):
    """A WebSocket with the origin of another site is closed before the application sees it."""
    inside = Inside()
    assert (
        ask(Access(inside), "websocket", host="127.0.0.1:8585", origin=origin)[0]["type"] == "websocket.close"
    )
    assert inside.seen == []
    ask(Access(inside), "websocket", host="127.0.0.1:8585", origin="http://127.0.0.1:8585")
    assert inside.seen == ["websocket"]


@pytest.mark.parametrize(("host", "origin"), [("[", "http://localhost"), ("localhost", "http://[")])
def test_what_is_no_address_is_foreign(host, origin):
    """A host or an origin that cannot be taken apart is refused like a foreign one, without an error."""
    assert ask(Access(Inside()), host=host, origin=origin)[0]["status"] == 403


def test_the_password_opens_and_leaves_a_cookie():
    """Without it 401; with it the answer sets a cookie, which alone lets a WebSocket in."""
    inside = Inside()
    access = Access(inside, password=PASSWORD, loopback_only=False)
    for wrong in (
        {},
        {"authorization": basic("no")},
        {"authorization": "Basic %"},
        {"cookie": "mimicry-page=x"},
    ):
        assert ask(access, host="page.example", **wrong)[0]["status"] == 401
        assert ask(access, "websocket", host="page.example", **wrong)[0]["type"] == "websocket.close"
    assert inside.seen == []
    answer = ask(access, host="page.example", authorization=basic(PASSWORD, "anybody"))[0]
    cookie = dict(answer["headers"])[b"set-cookie"].decode()
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert PASSWORD not in cookie
    ask(access, "websocket", host="page.example", cookie=cookie.partition(";")[0])
    assert inside.seen == ["http", "websocket"]


def test_answers_forbid_frames():
    """No other site shows the page inside its own."""
    headers = dict(ask(Access(Inside()), host="localhost")[0]["headers"])
    assert headers[b"content-security-policy"] == b"frame-ancestors 'none'"


def test_who_asks_is_known_by_name():
    """The name beside the password goes with the cookie too; nobody can give a cookie another name."""
    inside = Inside()
    access = Access(inside, password=PASSWORD, loopback_only=False)
    answer = ask(access, host="page.example", authorization=basic(PASSWORD, "Ann\n"))[0]
    cookie = dict(answer["headers"])[b"set-cookie"].decode().partition(";")[0]
    ask(access, host="page.example", cookie=cookie)
    ask(access, host="page.example", authorization=basic(PASSWORD), x_forwarded_user="root")
    assert inside.users == ["Ann", "Ann", SOMEBODY]
    name, _, proof = cookie.partition("=")[2].partition(".")
    assert bytes.fromhex(name) == b"Ann"
    for forged in (f"{b'Eve'.hex()}.{proof}", f"{name}.", name, f".{proof}"):
        assert ask(access, host="page.example", cookie=f"mimicry-page={forged}")[0]["status"] == 401
    other = Access(inside, password=PASSWORD, loopback_only=False)
    assert ask(other, host="page.example", cookie=cookie)[0]["status"] == 401


@pytest.mark.parametrize(
    ("proxied", "peer", "user"),
    [
        (True, ("127.0.0.1", 5), "ann"),
        (True, ("::1", 5), "ann"),
        (True, None, "ann"),
        (True, ("192.0.2.7", 5), SOMEBODY),
        (False, ("127.0.0.1", 5), HERE),
    ],
)
def test_a_proxy_is_believed_on_this_machine_only(proxied, peer, user):
    """The header that names the user counts over loopback and a local socket, behind `--proxied`."""
    inside = Inside()
    access = Access(inside, loopback_only=not proxied, proxied=proxied)
    ask(access, peer=peer, host="localhost", x_forwarded_user="ann")
    ask(access, "websocket", peer=peer, host="localhost", x_forwarded_user="ann")
    assert inside.users == [user, user]
