"""What must not be shown, whoever asks: credentials inside addresses, values of keys that sound secret."""

import re

_USERINFO = re.compile(r"(?<=://)[^\s\"']+(?=@)")  # a password may hold / and @
_SECRET_KEY = re.compile(
    r"(?i)(^|[._])(password|passwd|passphrase|pin_code|secret|token|api_?key|credentials?)$"
)
_ASSIGNMENT = re.compile(
    r"(?i)\b(user-id|user-pw|password|passwd|secret|token)\s*=\s*(\"[^\"]*\"|'[^']*'|\S+)"
)
_SPOKEN = re.compile(r"(?i)(passw|passphrase|secret|token|credential).*", re.DOTALL)


def is_secret(key: str) -> bool:
    """Whether the last part of a key path names a secret rather than a file that holds one."""
    return _SECRET_KEY.search(key) is not None


def mask(text: str) -> str:
    """Hide the credentials of addresses and of launch lines; everything else stays."""
    return _ASSIGNMENT.sub(r"\1=***", _USERINFO.sub("***", text))


def veil(text: str) -> str:
    """Mask, and hide what follows a word that sounds secret: the colon between the two may be missing."""
    return _SPOKEN.sub(r"\1***", mask(text))
