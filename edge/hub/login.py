"""Where the hub is and who asks: `mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]` and the files beside it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from edge.credentials import password_of
from edge.errors import PublishError

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a client needs to connect."""

    host: str
    port: int
    tls: bool
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
        """The address in messages."""
        return f"{self.host}:{self.port}"


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
        tls=parts.scheme == "mqtts",
        username=unquote(parts.username or ""),
        password=password,
        client_id=client_id,
        **files,
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url if "//" in url else f"mqtt://{url}")
        if parts.scheme in _PORTS and parts.hostname:
            return parts, parts.port
    except ValueError:  # a port that is none
        pass
    raise PublishError(f"expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT], got {url!r} at broker")
