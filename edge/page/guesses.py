"""Guesses of the page's password wait for one another, address by address, so that few can be made.

Whether a password is right is looked at only when its turn has come: a quick answer would tell a wrong one.
"""

import logging
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

PAUSE_S = 2.0
"""Time from a wrong password to the next look at one from the same address."""
WAITING = 10
"""How many passwords of one address wait for their turn."""
ADDRESSES = 1000
"""How many addresses are remembered; the one that has been quiet longest is forgotten first."""
HERE = "this machine"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Known:
    """An address from which a wrong password came."""

    free_s: float
    """When the next password is looked at."""
    wrong: int = 0
    """How many wrong ones came."""


class Guesses:
    """Says when the next password of an address is looked at. Times in s, of one clock that only rises."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def wait_s(self, address: str, now_s: float) -> float | None:
        """Give a password its turn; return how long it waits, None when as many as may wait do so already."""
        known = self._known.get(address)
        if known is None:
            return 0.0
        turn_s = max(known.free_s, now_s)
        if turn_s > now_s + WAITING * PAUSE_S:
            return None
        known.free_s = turn_s + PAUSE_S
        return turn_s - now_s

    def right(self, address: str) -> None:
        """Note that the turn was used by the right password, which costs the next one nothing."""
        if address in self._known:
            self._known[address].free_s -= PAUSE_S

    def wrong(self, address: str, now_s: float) -> None:
        """Note a wrong password, and tell the log of the first, the tenth, the hundredth."""
        known = self._known.pop(address, None) or _Known(now_s)
        known.free_s, known.wrong = max(known.free_s, now_s + PAUSE_S), known.wrong + 1
        self._known[address] = known  # the newest last
        if len(self._known) > ADDRESSES:
            del self._known[next(iter(self._known))]
        if str(known.wrong).rstrip("0") == "1":
            _log.warning("wrong password of the page from %s, %d so far", address, known.wrong)


def origin(peer: str) -> str:
    """Return whose guesses count together: an IPv4 address, 64 bits of IPv6, or this machine."""
    try:
        address = ip_address(peer)
    except ValueError:  # a socket that is a path
        return HERE
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False))
    return str(address)
