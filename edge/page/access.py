"""Who is let in: everybody on loopback, else whoever knows the password or came through the reverse proxy.

An ASGI application in front of another one, which learns from it who asks. It also refuses what a foreign
site makes a browser ask: a host name that is not ours (DNS rebinding) and a WebSocket that another origin
opens.
"""

import asyncio
import base64
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from edge.page.guesses import HERE, PAUSE_S, WAITING, Guesses, origin

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "mimicry-page"
USER_HEADER = "x-forwarded-user"
"""Whom the proxy let in; believed only of a proxy on this machine."""
FROM_HEADER = "x-forwarded-for"
"""Who asked the proxy, last; believed like the user."""
SOMEBODY = "somebody"
_USER = "mimicry.user"
_NAME_MOST = 64  # characters of a user's name
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)


_REFUSALS = {
    401: (b"password needed", (b"www-authenticate", b'Basic realm="mimicry-edge", charset="UTF-8"')),
    403: (b"not from here", None),
    429: (b"too many passwords from your address: try again", (b"retry-after", b"%d" % (WAITING * PAUSE_S))),
}
"""What is said with each status, and the header that goes with it."""


class Access:
    """Passes a request on or answers: 401 without the password, 429 after many, 403 from a foreign site."""

    def __init__(
        self, app: App, *, password: str = "", loopback_only: bool = True, proxied: bool = False
    ) -> None:
        self._app, self._password, self._loopback_only = app, password, loopback_only
        self._proxied, self._key, self._guesses = proxied, secrets.token_bytes(32), Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        user = 403 if self._foreign(headers) else await self._user(headers, scope.get("client"))
        if isinstance(user, int):
            await _refuse(scope, send, user)
        else:
            await self._app({**scope, _USER: user}, receive, self._answering(send, user))

    def _foreign(self, headers: dict[str, str]) -> bool:
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            if self._loopback_only and urlsplit(f"//{host}").hostname not in LOOPBACK:
                return True
            return origin is not None and urlsplit(origin).netloc != host
        except ValueError:  # no address at all
            return True

    async def _user(self, headers: dict[str, str], peer: tuple[str, int] | None) -> str | int:
        """Return who asks, or the status for whom neither the password nor the cookie after it lets in."""
        here = peer is None or peer[0] in LOOPBACK
        proxied = self._proxied and here
        if not self._password:
            named = headers.get(USER_HEADER, "") if proxied else ""
            return _printable(named) or (HERE if here and not self._proxied else SOMEBODY)
        name, _, proof = _cookie(headers.get("cookie", "")).partition(".")
        if _same(proof, self._proof(name)):
            return _from_hex(name)
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return 401
        caller = headers.get(FROM_HEADER, "").rpartition(",")[2].strip() if proxied else peer and peer[0]
        return await self._tried(_decoded(given), origin(caller or ""))

    async def _tried(self, given: str, address: str) -> str | int:
        """Look at a user and password once it is their turn; return as `_user` does."""
        wait_s = self._guesses.wait_s(address, time.monotonic())
        if wait_s is None:
            return 429
        if wait_s:  # else nobody comes between this turn and what is noted of it
            await asyncio.sleep(wait_s)
        name, _, password = given.partition(":")
        if not _same(password, self._password):
            self._guesses.wrong(address, time.monotonic())
            return 401
        self._guesses.right(address)
        return _printable(name) or SOMEBODY

    def _proof(self, name: str) -> str:
        """Return what shows that we have given a cookie to this user."""
        return hmac.new(self._key, name.encode(), "sha256").hexdigest()

    def _answering(self, send: Send, user: str) -> Send:
        """Return a `send` that adds our headers, and the cookie that replaces the password."""
        name = user.encode().hex()
        cookie = f"{COOKIE}={name}.{self._proof(name)}; Path=/; HttpOnly; SameSite=Strict".encode()

        async def answer(message: Scope) -> None:
            if message["type"] == "http.response.start":
                more = [(b"set-cookie", cookie)] if self._password else []
                message["headers"] = [*message.get("headers", ()), *HEADERS, *more]
            await send(message)

        return answer


def user_of(scope: Scope) -> str:
    """Return who asks, as `Access` found it."""
    return str(scope.get(_USER, SOMEBODY))


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    text, header = _REFUSALS[status]
    headers = [*HEADERS, *([header] if header else [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _decoded(given: str) -> str:
    """Return the user and password of a Basic authorization; empty where it is none."""
    try:
        return base64.b64decode(given, validate=True).decode()
    except ValueError:
        return ""


def _from_hex(name: str) -> str:
    try:
        return bytes.fromhex(name).decode()
    except ValueError:
        return SOMEBODY


def _printable(name: str) -> str:
    """Return a name as it may be shown and kept."""
    return "".join(one for one in name if one.isprintable())[:_NAME_MOST].strip()


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
