"""Where the hub is and who asks: `mqtt[s]://` or `ws[s]://[USER[:PASSWORD]@]HOST[:PORT]`, and its files."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from edge.credentials import password_of
from edge.errors import PublishError

_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a client needs to connect."""

    host: str
    port: int
    tls: bool
    path: str
    """Path of the WebSocket; empty: none, MQTT as it is."""
    username: str
    password: str = field(repr=False)
    ca_file: str = ""
    """Certificate authority of the hub, PEM; empty: the system's."""
    cert_file: str = ""
    """Client certificate, PEM."""
    key_file: str = ""
    """Its key, PEM; empty: in the same file."""
    client_id: str = ""
    """Name of the session that the hub keeps for a day; empty: a random one, kept for five minutes."""

    @property
    def where(self) -> str:
        """The address in messages; a query may hold a key."""
        return f"{self.host}:{self.port}{self.path.partition('?')[0]}"


def login_of(url: str, *, password: str, password_file: str, client_id: str, **files: str) -> Login:
    """Take an address apart, `%40` and the like decoded; PublishError names what is wrong with it."""
    parts, port = _split(url)
    if password_file:
        password = password_of(Path(password_file), password_file)
    elif not password:
        password = unquote(parts.password or "")
    return Login(
        host=parts.hostname or "",
        port=port or _PORTS[parts.scheme],
        tls=parts.scheme in {"mqtts", "wss"},
        path=_path(parts) if parts.scheme in {"ws", "wss"} else "",
        username=unquote(parts.username or ""),
        password=password,
        client_id=client_id,
        **files,
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url if "//" in url else f"mqtt://{url}")
        if parts.scheme in _PORTS and parts.hostname and "\0" not in parts.hostname:
            return parts, parts.port
    except (ValueError, TypeError):  # a port that is none, an address that is no text
        pass
    form = "mqtt[s]://HOST[:PORT] or ws[s]://HOST[:PORT][/PATH]"
    raise PublishError(f"expected {form}, got {_shown(url)!r} at broker")


def _shown(url: object) -> object:
    """Return an address without the user and the password in it."""
    if not isinstance(url, str) or "@" not in url:
        return url
    scheme, slashes, _ = url.rpartition("@")[0].partition("//")
    return f"{scheme if slashes else ''}{slashes}***@{url.rpartition('@')[2]}"


def _path(parts: SplitResult) -> str:
    return (parts.path or "/mqtt") + (f"?{parts.query}" if parts.query else "")
