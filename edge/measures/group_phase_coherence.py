"""Measure 11, `group_phase_coherence`: how far a whole group rises and falls in one rhythm."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.formulas import FAR_S
from edge.measures.common import unlike
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject, drawn_mean
from edge.measures.phases import RATE_HZ, WINDOW_S, Phases, ring_phases
from edge.measures.shifts import jointly, turned
from edge.measures.statistic import Statistic

BAND_HZ = (0.1, 1.0)
MIN_PEOPLE = 3


class GroupPhaseCoherence(Statistic):
    """Cluster-phase rho (Frank & Richardson 2010; Richardson et al. 2012) without its chance level.

    q'(t) = mean_k e^{i th_k};  phi_k = th_k - arg q';  phibar_k = arg mean_t e^{i phi_k}
    rho = mean_t | mean_k e^{i(phi_k - phibar_k)} |;  value (rho - rho_N1) / (1 - rho_N1)

    th_k are the .1 to 1 Hz phases of everybody's activity; rho is taken in windows of 60 s that end at the
    newest sample and averaged over the horizon by their known moments. Under N1 everybody is shifted on
    their own; value and draw lose the same moments.
    """

    name = "group_phase_coherence"
    every_s = 10

    def subjects(self, context: Context) -> Sequence[Subject]:  # noqa: ARG002
        """Return the room alone."""
        return [()]

    def find(self, context: Context, subject: Subject) -> Finding:
        """Compute the room."""
        people = [person for person in context.people if context.ready(person)]
        coverage = context.coverage(*people) if people else 0.0
        if len(people) < MIN_PEOPLE or not context.ready(*people) or not unlike(context, *people):
            nothing = self.nothing(context, subject, reason="common_light")
            few = len(context.people) < MIN_PEOPLE
            return replace(nothing, coverage=coverage, reason="few_people" if few else nothing.reason)
        n = context.n_at(RATE_HZ, *people)
        e = np.stack(
            [ring_phases(context, ("activity", p), context.activity(p), BAND_HZ)[-n:] for p in people]
        )
        shifts = independent_shifts(len(people), n, round(FAR_S * RATE_HZ), context.seed, context.surrogates)
        rho = _drawn(e, shifts)
        chance = drawn_mean(rho[1:])
        value = (rho - chance) / (1 - chance)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(value[0]),
            draws=value[1:],
            n=n / RATE_HZ * (BAND_HZ[1] - BAND_HZ[0]) * coverage,
            coverage=coverage,
            extra={"rho": float(rho[0]), "rho_chance": chance, "people": float(len(people))},
        )


def cluster_phase(e: Phases) -> Floats:
    """Return rho of unit phases e^{i th}, [..., N, T] -> [...]; moments with anybody missing are left out."""
    known = np.isfinite(e).all(axis=-2, keepdims=True)
    e = np.where(known, e, 0.0)
    q = e.mean(axis=-2, keepdims=True)
    phi = e * np.conj(q / np.maximum(np.abs(q), 1e-300))
    bar = phi.mean(axis=-1, keepdims=True)
    rho_t = np.abs((phi * np.conj(bar / np.maximum(np.abs(bar), 1e-300))).mean(axis=-2))
    count = known.sum(axis=(-2, -1))
    return np.where(count > 0, rho_t.sum(axis=-1) / np.maximum(count, 1), np.nan)


def independent_shifts(people: int, n: int, far: int, seed: int, count: int) -> NDArray[np.int64]:
    """Shifts for everybody in every draw, any two at least `far` apart on the circle of n, [count, people].

    People are laid on the circle in random order with gaps of `far` plus random slack; with too little
    circle for all of them the gap is what fits.
    """
    rng = np.random.default_rng([seed, people])
    gap = min(far, n // people)
    slack = n - people * gap
    cuts = np.sort(rng.integers(0, slack + 1, (count, people)), axis=1)
    order = np.argsort(rng.random((count, people)), axis=1)
    return np.asarray(np.take_along_axis(cuts + gap * np.arange(people), order, axis=1))


def _drawn(e: Phases, shifts: NDArray[np.int64]) -> Floats:
    """Return rho, the value first, every draw on the moments that it shares with the value, [S + 1]."""
    value, rows = _windowed(e), [_turned(e, row) for row in shifts]
    if np.isfinite(e).all():
        return np.array([value, *(_windowed(row) for row in rows)])
    both = [jointly(np.stack([e, row])) for row in rows]
    return np.array([value, *(_windowed(far[0]) + (value - _windowed(near[0])) for near, far in both)])


def _turned(e: Phases, shifts: NDArray[np.int64]) -> Phases:
    """Everybody's phases turned by a shift of their own, [N, n]."""
    return np.concatenate([turned(one, shifts[k : k + 1]) for k, one in enumerate(e)])


def _windowed(e: Phases) -> float:
    """Mean rho over windows of 60 s that end at the newest sample, by their known moments.

    A last shorter piece is left out. A few moments always go together, so such a window may not count much.
    """
    window = round(WINDOW_S * RATE_HZ)
    count = e.shape[1] // window
    parts = e[:, e.shape[1] - count * window :].reshape(len(e), count, window).transpose(1, 0, 2)
    known = np.isfinite(parts).all(axis=1).sum(axis=1)
    rho = np.where(known > 0, cluster_phase(parts), 0.0)
    return float((rho * known).sum() / known.sum()) if known.any() else float("nan")
