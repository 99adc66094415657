"""What a broker asks of a client: a password from a file, certificates; and its refusals in words."""

import errno
import ssl
from pathlib import Path

from edge.errors import PublishError

NO_ANSWER = "the broker hung up without an answer: does that port ask for TLS or for a client certificate?"


def password_of(path: Path, where: str) -> str:
    """Return the first line of a file, without the mark that some editors put first."""
    try:
        return path.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise PublishError(f"expected a readable password file, got '{_why(error)}' at {where}") from error


def client_context(
    ca_file: str, cert_file: str = "", key_file: str = "", *, where: str = ""
) -> ssl.SSLContext:
    """Return a context that checks certificate and host name, TLS 1.2 or newer; `where` leads the names."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise PublishError(f"expected CA certificates, got '{_why(error)}' at {where}ca_file") from error
    context.sslsocket_class = _HandshakeSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file:
        try:
            load_chain(context, cert_file, key_file)
        except (OSError, ssl.SSLError) as error:
            text = f"expected a client certificate, got '{_why(error)}' at {where}cert_file"
            raise PublishError(text) from error
    return context


def load_chain(context: ssl.SSLContext, cert_file: str, key_file: str) -> None:
    """Load a certificate and its key, which may be in the same file; OSError where they cannot be used.

    Nobody is asked for the passphrase of a key: a service would wait for it for ever.
    """
    context.load_cert_chain(cert_file, key_file or None, password=_locked)


def _locked() -> str:
    raise PermissionError(errno.EACCES, "a key with a passphrase")


def refusal(error: Exception) -> str:
    """Return why a connection could not be made, in the one line that an installer needs."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "reason", None)
        return "no TLS at that port" if reason == "WRONG_VERSION_NUMBER" else reason or str(error.args[0])
    if isinstance(error, IndexError) or "WebSocket" in str(error):
        return "no MQTT over WebSockets"
    return getattr(error, "strerror", None) or str(error)


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
