"""All measures together: ticks in, judged measures out."""

from collections.abc import Callable
from dataclasses import replace

from edge.arrays import overwrite
from edge.config.sections import MeasuresSection, MimicrySection
from edge.measures.aggregate import room
from edge.measures.behavioural_phase_locking import BehaviouralPhaseLocking
from edge.measures.brief_event_mirroring import BriefEventMirroring
from edge.measures.conclude import conclude
from edge.measures.configuration_alignment import ConfigurationAlignment
from edge.measures.context import Context, newest
from edge.measures.coupling_loop import CouplingLoop
from edge.measures.expression_synchrony import ExpressionSynchrony
from edge.measures.expressivity_calibration import ExpressivityCalibration
from edge.measures.following_asymmetry import FollowingAsymmetry
from edge.measures.group_phase_coherence import GroupPhaseCoherence
from edge.measures.index import mimicry_index
from edge.measures.ledger import Key, Ledger
from edge.measures.low_intensity_response import LowIntensityResponse
from edge.measures.onsets import Onsets
from edge.measures.peaks import Peaks
from edge.measures.rapport_triad import RapportTriad
from edge.measures.response_pull import ResponsePull
from edge.measures.response_timeliness import ResponseTimeliness
from edge.measures.roles import resolve
from edge.measures.selective_mirroring import SelectiveMirroring
from edge.measures.slope_concordance import SlopeConcordance
from edge.measures.slow import Slow, spacing_s
from edge.measures.standing import Standing, Standings
from edge.measures.statistic import Statistic
from edge.measures.table import BY_NAME, enabled
from edge.measures.verdict import Judged, judge
from edge.records import Measure, Tick

MEASURES = (
    BriefEventMirroring,
    ExpressionSynchrony,
    SlopeConcordance,
    ConfigurationAlignment,
    ResponsePull,
    CouplingLoop,
    RapportTriad,
    SelectiveMirroring,
    LowIntensityResponse,
    BehaviouralPhaseLocking,
    GroupPhaseCoherence,
    ExpressivityCalibration,
    FollowingAsymmetry,
    ResponseTimeliness,
)


class Measures:
    """All enabled measures with their nulls, the correction over them, and the room's values.

    Live: `update` with every tick computes each subject in its measure's own rhythm (3 to 60 s), spread over
    the hops, and `result` is the latest of each. A recording of which only the end is wanted: `push` every
    tick, then `finish`, which computes everything as of the last tick.

    Parameters
    ----------
    section : MeasuresSection
        Which measures run, alpha, the false-discovery rate, the seed of every random draw.
    mimicry : MimicrySection
        The grid that the ticks come from.
    bets_s : float, optional
        How much of the newest past the bets of `push` see; all of the horizon by default. A recording that is
        measured whole has the evidence of a device that saw it, at a cost that grows with its length only,
        and nothing is under way at its end.
    """

    def __init__(
        self, section: MeasuresSection, mimicry: MimicrySection, *, bets_s: float | None = None
    ) -> None:
        self._section = section
        self._mimicry = mimicry
        self._live = bets_s is None
        self._bets = mimicry if bets_s is None else replace(mimicry, horizon_s=min(bets_s, mimicry.horizon_s))
        self._wanted = enabled(section.enabled)
        self._begin()

    def wipe(self) -> None:
        """Overwrite and drop everything (mute)."""
        for statistic in self._statistics:
            statistic.wipe()
        overwrite(*(one.apart for one in self._judged))
        self._onsets.wipe()
        self._recent.wipe()
        self._fast_peaks.wipe()
        self._slow_peaks.wipe()
        self._ledger.wipe()
        if self._tick is not None:
            for coupling in self._tick.couplings:
                overwrite(coupling.r, coupling.far_r)
        self._begin()

    def _begin(self) -> None:
        self._statistics: list[Statistic] = [kind() for kind in MEASURES if kind.name in self._wanted]
        self._onsets = Onsets(self._mimicry.horizon_s)
        self._recent = self._onsets if self._bets is self._mimicry else Onsets(self._bets.horizon_s)
        self._fast_peaks = Peaks(round(self._mimicry.horizon_s / self._mimicry.hop_s))
        self._slow = Slow(self._mimicry)
        self._slow_peaks = Peaks(max(1, round(self._mimicry.horizon_s / spacing_s(self._mimicry))))
        self._ledger = Ledger(self._wanted)
        self._standings = Standings(self._section.alpha)
        self._tick: Tick | None = None
        self._judged: list[Judged] = []

    def update(self, tick: Tick) -> None:
        """Take one hop and compute the subjects that are due."""
        self._compute(self._push(tick))

    def push(self, tick: Tick) -> None:
        """Take one hop and settle what was bet on it; compute nothing else."""
        self._push(tick)

    def _push(self, tick: Tick) -> Context:
        self._tick = tick
        self._onsets.update(tick)
        if self._recent is not self._onsets:
            self._recent.update(tick)
        self._fast_peaks.update(tick.couplings)
        if "expression_synchrony" in self._wanted:
            self._slow_peaks.update(self._slow.couplings(tick, resolve(tick.channels).smile))
        context = self._shared(newest(tick, self._bets.horizon_s), self._bets, self._recent, final=False)
        self._ledger.update(context)
        if self._live:
            self._standings.update(self._ledger)
        return context

    def result(self) -> list[Measure]:
        """Latest value of every measure and subject, its state by evidence; empty before the first tick."""
        return [] if self._tick is None else self._conclude(self._tick, self._standings.live)

    def finish(self) -> list[Measure]:
        """Every measure as of the last tick, none from earlier in its own rhythm: the end of a recording.

        The states are those of a recording that is looked at once: by p, with the evidence beside it.
        """
        if self._tick is None:
            return []
        if not self._live:
            self._standings.collect(self._ledger)
        self._compute(self._shared(self._tick, self._mimicry, self._onsets, final=True))
        return self._conclude(self._tick, self._standings.noted)

    def _conclude(self, tick: Tick, stands: Callable[[Key], Standing]) -> list[Measure]:
        """Add the room's values and correct over everything."""
        judged = list(self._judged)
        judged += room(judged, tick.t_ns, self._section.seed)
        if "expression_synchrony" in self._wanted:
            judged.append(mimicry_index(judged, tick.t_ns))
        return conclude(judged, BY_NAME, alpha=self._section.alpha, fdr_q=self._section.fdr_q, stands=stands)

    def _shared(self, tick: Tick, mimicry: MimicrySection, onsets: Onsets, *, final: bool) -> Context:
        """Return what the measures, or the bets, share at this hop."""
        return Context(
            tick,
            resolve(tick.channels),
            onsets=onsets,
            fast_peaks=self._fast_peaks,
            slow_peaks=self._slow_peaks,
            mimicry=mimicry,
            seed=self._section.seed,
            final=final,
        )

    def _compute(self, context: Context) -> None:
        """Run every measure on the latest tick; judge what is new."""
        for statistic in self._statistics:
            statistic.update(context)
        known = {id(one.finding): one for one in self._judged}
        findings = [finding for statistic in self._statistics for finding in statistic.result()]
        self._judged = [known.get(id(finding)) or judge(finding) for finding in findings]
