"""Who is let in, asked as a server asks an ASGI application."""

import asyncio
import base64

import pytest

from edge.page.access import Access

PASSWORD = "correct horse"


class Inside:
    """An application that notes who got in."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        """Answer."""
        self.seen.append(scope["type"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(access, kind="http", **headers):
    """Return the messages that a request is answered with."""
    sent = []

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(access({"type": kind, "headers": named}, None, send))
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
