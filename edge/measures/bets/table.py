"""Which measure bets on what, on whom, how often, and on effects of which size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.arrays import Floats
from edge.evidence.fading import Tally
from edge.measures.bets import answers, signals
from edge.measures.context import Context
from edge.measures.findings import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A measure that bets on the answers of every cell."""

    name: str
    """Published name."""
    likelihoods: answers.Likelihoods
    """What each effect makes of the cell at each turn of the answering person."""
    asked: Callable[[Context, Subject, int], Tally] | None = None
    """What might have been answered in the cell, and was; None where that is not counted."""
    directed: bool = True
    """Whether (i, j) and (j, i) are two subjects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A measure that bets on a statistic of every block."""

    name: str
    """Published name."""
    block_s: float
    """Length of a block, and time from one to the next."""
    values: Callable[[Context, Subject, float], Floats]
    """Statistic of the block and of the far ones."""
    directed: bool = False
    """Whether (i, j) and (j, i) are two subjects."""
    room: bool = False
    """Whether it is about the room alone."""
    pooled: str = ""
    """Name of the room's measure that pools the pairs; empty: none."""


ANSWERS: Sequence[Answers] = (
    Answers(name="brief_event_mirroring", likelihoods=answers.mirrored),
    Answers(name="response_pull", likelihoods=answers.pulled),
    Answers(name="selective_mirroring", likelihoods=answers.selected, directed=False),
    Answers(name="following_asymmetry", likelihoods=answers.followed, directed=False),
    Answers(name="response_timeliness", likelihoods=answers.timely, asked=answers.asked),
)
BLOCKS: Sequence[Blocks] = (
    Blocks(name="expression_synchrony", block_s=10.0, values=signals.synchrony, pooled="mimicry_index"),
    Blocks(name="slope_concordance", block_s=60.0, values=signals.concordance, directed=True),
    Blocks(name="configuration_alignment", block_s=30.0, values=signals.alignment),
    Blocks(name="coupling_loop", block_s=30.0, values=signals.loop),
    Blocks(name="rapport_triad", block_s=60.0, values=signals.triad),
    Blocks(name="low_intensity_response", block_s=60.0, values=signals.low_intensity, directed=True),
    Blocks(name="behavioural_phase_locking", block_s=60.0, values=signals.locking),
    Blocks(name="group_phase_coherence", block_s=60.0, values=signals.coherence, room=True),
)
SIGNED = frozenset({"following_asymmetry"})
"""Measures whose sign is a direction: evidence is for either."""
