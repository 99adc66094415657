"""Who is let in: everybody on loopback, else whoever knows the password or came through the reverse proxy.

An ASGI application in front of another one, which learns from it who asks. It also refuses what a foreign
site makes a browser ask: a host name that is not ours (DNS rebinding) and a WebSocket that another origin
opens.
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
USER_HEADER = "x-forwarded-user"
"""Whom the proxy let in; believed only of a proxy on this machine."""
HERE, SOMEBODY = "this machine", "somebody"
_USER = "mimicry.user"
_NAME_MOST = 64  # characters of a user's name
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)


class Access:
    """Passes a request on, or answers it: 401 without the password, 403 from a foreign site."""

    def __init__(
        self, app: App, *, password: str = "", loopback_only: bool = True, proxied: bool = False
    ) -> None:
        self._app, self._password, self._loopback_only = app, password, loopback_only
        self._proxied, self._key = proxied, secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self._foreign(headers):
            await _refuse(scope, send, 403)
        elif (user := self._user(headers, scope.get("client"))) is None:
            await _refuse(scope, send, 401)
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

    def _user(self, headers: dict[str, str], peer: tuple[str, int] | None) -> str | None:
        """Return who asks, None for nobody whom the password or the cookie that replaces it lets in."""
        here = peer is None or peer[0] in LOOPBACK
        if not self._password:
            named = headers.get(USER_HEADER, "") if self._proxied and here else ""
            return _printable(named) or (HERE if here and not self._proxied else SOMEBODY)
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, password = _decoded(given).partition(":")
            return _printable(name) or SOMEBODY if _same(password, self._password) else None
        name, _, proof = _cookie(headers.get("cookie", "")).partition(".")
        return _from_hex(name) if _same(proof, self._proof(name)) else None

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
    asked = [(b"www-authenticate", b'Basic realm="mimicry-edge", charset="UTF-8"')] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, *asked]})
    await send({"type": "http.response.body", "body": b"password needed" if asked else b"not from here"})


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
