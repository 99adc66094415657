"""Who is let in: everybody on loopback, else whoever knows the password or came through the reverse proxy.

An ASGI application in front of another one. It also refuses what a foreign site makes a browser ask: a host
name that is not ours (DNS rebinding) and a WebSocket that another origin opens.
"""

import base64
import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "mimicry-page"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)


class Access:
    """Passes a request on, or answers it: 401 without the password, 403 from a foreign site."""

    def __init__(self, app: App, *, password: str = "", loopback_only: bool = True) -> None:
        self._app, self._password, self._loopback_only = app, password, loopback_only
        self._token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self._foreign(headers):
            await _refuse(scope, send, 403)
        elif self._password and not self._known(headers):
            await _refuse(scope, send, 401)
        else:
            await self._app(scope, receive, self._answering(send))

    def _foreign(self, headers: dict[str, str]) -> bool:
        host, origin = headers.get("host", ""), headers.get("origin")
        if self._loopback_only and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return True
        return origin is not None and urlsplit(origin).netloc != host

    def _known(self, headers: dict[str, str]) -> bool:
        """Whether the password or the cookie that replaces it is there."""
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            return _same(_password_of(given), self._password)
        return _same(_cookie(headers.get("cookie", "")), self._token)

    def _answering(self, send: Send) -> Send:
        """Return a `send` that adds our headers, and the cookie that replaces the password."""
        cookie = f"{COOKIE}={self._token}; Path=/; HttpOnly; SameSite=Strict".encode()

        async def answer(message: Scope) -> None:
            if message["type"] == "http.response.start":
                more = [(b"set-cookie", cookie)] if self._password else []
                message["headers"] = [*message.get("headers", ()), *HEADERS, *more]
            await send(message)

        return answer


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    asked = [(b"www-authenticate", b'Basic realm="mimicry-edge", charset="UTF-8"')] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, *asked]})
    await send({"type": "http.response.body", "body": b"password needed" if asked else b"not from here"})


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _password_of(given: str) -> str:
    """Return the password of a Basic authorization, whatever the user's name is."""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
