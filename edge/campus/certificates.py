"""Client certificates of the hub's authority, made by OpenSSL."""

import secrets
import subprocess
import tempfile
from pathlib import Path

from edge.errors import CampusError
from edge.files import write_whole

_DAYS = 825


def sign(device: str, authority: Path, folder: Path) -> None:
    """Make a client certificate of the authority of `make-certificates.sh`."""
    with tempfile.TemporaryDirectory() as work:
        request, extensions = Path(work) / "csr", Path(work) / "ext"
        extensions.write_text(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n"
            "extendedKeyUsage=clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
        key, made = folder / "client.key", Path(work) / "pem"
        write_whole(key, b"", mode=0o600)
        subject = ("-subj", f"/CN={device}", "-keyout", key, "-out", request)
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256", "-nodes", *subject)
        signer = ("-CA", authority / "ca.pem", "-CAkey", authority / "ca.key")
        life = ("-set_serial", f"0x{secrets.token_hex(16)}", "-days", _DAYS, "-extfile", extensions)
        _openssl("x509", "-req", "-in", request, *signer, "-sha256", *life, "-out", made)
        write_whole(folder / "client.pem", made.read_bytes())


def _openssl(*words: object) -> None:
    try:
        done = subprocess.run(["openssl", *map(str, words)], check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CampusError("expected openssl, got none: apt install openssl") from error
    if done.returncode:
        raise CampusError(
            f"expected a certificate, got '{done.stderr.strip().splitlines()[-1]}' from openssl"
        )
