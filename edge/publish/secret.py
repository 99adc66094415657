"""Credentials: read from files or systemd credentials when needed, never kept in the configuration."""

import os
import ssl
from pathlib import Path

from edge.config.sections import PublishSection
from edge.errors import PublishError

SYSTEMD_CREDENTIAL = "mqtt_password"


def read_secret(name: str) -> str:
    """Return the first line of the file; a bare name is looked up among systemd's credentials."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(folder, name) if folder and "/" not in name else Path(name)
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise PublishError(
            f"expected a readable password file, got '{_why(error)}' at publish.password_file"
        ) from error


def tls_context(section: PublishSection) -> ssl.SSLContext:
    """Return a client context: TLS 1.2 or newer, certificate and host name checked."""
    try:
        context = ssl.create_default_context(cafile=section.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise PublishError(f"expected CA certificates, got '{_why(error)}' at publish.ca_file") from error
    context.sslsocket_class = _HandshakeSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if section.cert_file:
        try:
            context.load_cert_chain(section.cert_file, section.key_file or None)
        except (OSError, ssl.SSLError) as error:
            raise PublishError(
                f"expected a client certificate, got '{_why(error)}' at publish.cert_file"
            ) from error
    return context


class _HandshakeSocket(ssl.SSLSocket):
    """Closes itself when the handshake fails, and names a port that hangs up on TLS."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002  the signature of ssl
        """Shake hands."""
        try:
            super().do_handshake(block)
        except OSError as error:
            self.close()
            if isinstance(error, ConnectionError):
                raise ssl.SSLError("the broker hung up: no TLS at that port?") from error
            raise


def _why(error: Exception) -> str:
    """Return the reason without file contents."""
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
