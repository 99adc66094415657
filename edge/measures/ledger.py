"""What has been won on every measure and subject: bets are settled cell by cell and block by block."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np

from edge.arrays import Floats
from edge.evidence.bets import ranked, tilted
from edge.evidence.fading import Tally
from edge.evidence.wealth import Wealth
from edge.measures.aggregate import MIN_PEOPLE
from edge.measures.bets.answers import CELL_NS, SETTLE_NS
from edge.measures.bets.blocks import EFFECTS
from edge.measures.bets.room import Orders, first_mover, pooled
from edge.measures.bets.table import ANSWERS, BLOCKS, Answers, Blocks
from edge.measures.context import Context
from edge.measures.findings import Subject

Key = tuple[str, Subject]


class Account:
    """The wealth of one measure and subject, of who bets on more than chance and of who bets on less.

    Nobody bets on less of a signal: turn-taking alone makes near blocks less alike than far ones.
    """

    def __init__(self, effects: int) -> None:
        self.above, self.below = Wealth(effects), Wealth(effects)
        self.end_ns = 0
        """End of the newest look, sensor time, ns."""
        self.tally: Tally | None = None
        """What was asked and answered, where that is counted."""

    def update(self, above: Floats, below: Floats, start_ns: int, end_ns: int) -> None:
        """Take the e-values of one look, ln, [effects] each."""
        self.above.update(above, start_ns, end_ns)
        self.below.update(below, start_ns, end_ns)
        self.end_ns = end_ns

    def count(self, newer: Tally) -> None:
        """Add what was asked and answered in the newest look."""
        self.tally = (self.tally or Tally()).and_then(newer)


class Ledger:
    """Settles the bets of the enabled measures as time goes on; live and for a recording alike.

    A cell is settled some seconds after its end, once all movements in it are known. Whoever was not there
    from its beginning takes no part in it; the accounts of people who have left are dropped.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._answers = [one for one in ANSWERS if one.name in wanted]
        self._blocks = [one for one in BLOCKS if one.name in wanted]
        self.accounts: dict[Key, Account] = {}
        """By measure and subject."""
        self.version = 0
        """Grows with every look."""
        self._orders = Orders()
        self._newest_ns: int | None = None

    def wipe(self) -> None:
        """Overwrite and drop everything (mute)."""
        for account in self.accounts.values():
            account.above.wipe()
            account.below.wipe()
        self.accounts.clear()
        self._orders.wipe()
        self._newest_ns = None

    def update(self, context: Context) -> None:
        """Settle what has become due since the last hop."""
        before = context.t_ns if self._newest_ns is None else self._newest_ns
        self._newest_ns = context.t_ns
        for key in [key for key in self.accounts if not set(key[1]) <= set(context.people)]:
            del self.accounts[key]
        self._orders.keep(context.people)
        for start_ns in _due(before - SETTLE_NS, context.t_ns - SETTLE_NS, CELL_NS):
            for one in self._answers:
                self._settle(context, one, start_ns)
        for block in self._blocks:
            if any(_due(before, context.t_ns, round(block.block_s * 1e9))):
                self._close(context, block)

    def _settle(self, context: Context, one: Answers, start_ns: int) -> None:
        """Settle the cell that began at `start_ns`."""
        for subject in _pairs(context.people, directed=one.directed):
            if _there_since_ns(context, subject) <= start_ns:
                log_ratios = one.likelihoods(context, subject, start_ns)
                span_ns = (start_ns, start_ns + CELL_NS)
                account = self._pay(one.name, subject, tilted(log_ratios), tilted(-log_ratios), span_ns)
                if one.asked is not None:
                    account.count(one.asked(context, subject, start_ns))

    def _close(self, context: Context, one: Blocks) -> None:
        """Settle the block that ends now."""
        span_ns = (context.t_ns - round(one.block_s * 1e9), context.t_ns)
        values = {
            subject: one.values(context, subject, one.block_s)
            for subject in ([()] if one.room else _pairs(context.people, directed=one.directed))
        }
        for subject, found in values.items():
            if len(found):
                self._pay_above(one.name, subject, ranked(found, EFFECTS), span_ns)
        if one.pooled and len(context.people) >= MIN_PEOPLE:
            self._pay_above(one.pooled, (), self._together(context, values, one.block_s), span_ns)

    def _together(self, context: Context, values: Mapping[Subject, Floats], block_s: float) -> Floats:
        """Ln e of the room's block: of the pairs whose others do not smile, and of who moves first."""
        found = pooled(context, values, block_s)
        orders = {pair: first_mover(context, pair, block_s) for pair in values}
        apart = ranked(found, EFFECTS) if len(found) else np.zeros(len(EFFECTS))
        return np.concatenate((apart, self._orders.bets(orders)))

    def _pay_above(self, name: str, subject: Subject, log_e: Floats, span_ns: tuple[int, int]) -> None:
        self._pay(name, subject, log_e, np.zeros(len(log_e)), span_ns)

    def _pay(
        self, name: str, subject: Subject, above: Floats, below: Floats, span_ns: tuple[int, int]
    ) -> Account:
        account = self.accounts.setdefault((name, subject), Account(len(above)))
        account.update(above, below, *span_ns)
        self.version += 1
        return account


def _pairs(people: tuple[int, ...], *, directed: bool) -> Sequence[Subject]:
    return list(permutations(people, 2) if directed else combinations(people, 2))


def _there_since_ns(context: Context, people: Subject) -> int:
    """When the last of these people came, at most a horizon ago, ns."""
    return context.t_ns - round(context.span_n(*people) / context.rate_hz * 1e9)


def _due(before_ns: int, now_ns: int, length_ns: int) -> Iterator[int]:
    """Yield the starts of the pieces of time of this length that ended after `before_ns` and by `now_ns`."""
    for number in range(before_ns // length_ns, now_ns // length_ns):
        yield number * length_ns
