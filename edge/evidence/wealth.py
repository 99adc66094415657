"""What a player has won who bets against a null in every look: evidence since the start, and of right now."""

from functools import lru_cache

import numpy as np

from edge.arrays import Floats, overwrite
from edge.evidence.bets import log_mean_exp

HORIZONS_S = (60.0, 180.0, 600.0, float("inf"))


class Wealth:
    """A test martingale over several effects and horizons, and a restarting detector beside it.

    Since the start: E = mean over horizons h of E_h. Within a horizon the player spreads the wealth over the
    effects and a share that does not bet; every look pays each share its e-value, and 1 - exp(-dt / h) of the
    whole is spread again, so a horizon follows changes of about its length (Herbster & Warmuth 1998). All
    of this is fixed before a look, so E stays a test martingale: P(E ever >= 1/a) <= a (Ville 1939).

    Now: D = mean over effects of D_b, D_b = max(D_b, 1) e_b (Shin, Ramdas & Rinaldo 2024). It rises from 1
    whenever something begins; by chance it reaches A within n looks with probability n / A at most.
    """

    def __init__(self, effects: int) -> None:
        self._share = np.full((len(HORIZONS_S), effects + 1), 1 / (effects + 1))
        self._won = np.zeros(len(HORIZONS_S))
        self._now = np.zeros(effects)
        self._since_ns = np.zeros(effects, dtype=np.int64)
        self.log_e = self.log_now = 0.0
        """Ln E since the start, ln D."""
        self.since_ns = 0
        """When the detector that has won most began: the behaviour's start, if there is one."""
        self.looks = 0
        """Looks that carried a bet."""

    def update(self, log_e: Floats, start_ns: int, end_ns: int) -> None:
        """Take the e-values of one look at the time from start to end, ln, [effects]."""
        paid = np.exp(np.append(log_e, 0.0)) * self._share
        total = paid.sum(axis=1, keepdims=True)
        self._won += np.log(total[:, 0])
        kept = _kept((end_ns - start_ns) / 1e9)
        self._share = kept * paid / total + (1 - kept) / self._share.shape[1]
        self._since_ns[self._now <= 0.0] = start_ns
        self._now = np.maximum(self._now, 0.0) + log_e
        self.log_e, self.log_now = log_mean_exp(self._won.tolist()), log_mean_exp(self._now.tolist())
        self.since_ns = int(self._since_ns[self._now.argmax()])
        self.looks += bool(log_e.any())

    def wipe(self) -> None:
        """Overwrite everything."""
        overwrite(self._share, self._won, self._now, self._since_ns)
        self.log_e = self.log_now = 0.0
        self.since_ns = 0


@lru_cache(maxsize=16)
def _kept(seconds: float) -> Floats:
    """Share of the wealth that is not spread again after these seconds, by horizon, [H, 1]."""
    kept = np.exp(-seconds / np.array(HORIZONS_S))[:, None]
    kept.flags.writeable = False
    return kept
