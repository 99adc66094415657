"""The room's one number, `mimicry_index`: what all pairs do beyond the moments that everybody shares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edge._native.tails import student_below
from edge.arrays import Floats
from edge.measures.aggregate import MIN_PEOPLE, people
from edge.measures.beyond import ALONE, ORDER
from edge.measures.findings import Finding
from edge.measures.verdict import FLAT, MIN_DRAWS, Judged, judge, moments
from edge.records import Reason

NEAREST: tuple[Reason, ...] = ("too_few", "unseen", "absent", "short")
"""What pairs may wait for, from the last step before a verdict to the first."""
Part = tuple[float, Floats]
"""A value and its draws, [S]."""


def mimicry_index(judged: Sequence[Judged], t_ns: int) -> Judged:
    """Place of the pooled synchrony beyond shared moments under its own null, 0..1, .5 at chance.

    Each part of `beyond` is pooled over pairs, every pair in units of its own draws: what they do alone by
    its sum, their orders by the root of their squares, since pairs are numbered at will. Both are scaled by
    their draws and added up. That distance is judged; its place in the t distribution of the equally pooled
    draws is published, since a rank among ranks cannot be far out. `extra` carries the place of plain
    `expression_synchrony`, shared moments included.
    """
    pairs = [one.finding for one in judged if one.finding.name == "expression_synchrony" and one.testable]
    parts = {name: [f for one in pairs for f in one.beyond if f.name == name] for name in (ORDER, ALONE)}
    beyond = [_scaled(rooted(parts[ORDER])), _scaled(summed(parts[ALONE]))]
    plain = _judged(pairs, [_scaled(summed(pairs))], t_ns)
    pooled = _judged(pairs, beyond, t_ns)
    if not pooled.testable:
        return replace(pooled, finding=replace(pooled.finding, reason=_waits_for(judged)))
    together = _place(plain) if plain.testable else None
    placed = _placed(pooled)
    return replace(placed, finding=replace(placed.finding, extra={"plain": together}))


def _waits_for(judged: Sequence[Judged]) -> Reason:
    """Return what the room waits for: for people, or for what the pair needs that is nearest to a verdict."""
    pairs = [one.finding for one in judged if one.finding.name == "expression_synchrony"]
    if people(pairs) < MIN_PEOPLE:
        return "few_people"
    reasons = {one.reason for one in pairs}
    return next((one for one in NEAREST if one in reasons), "too_few")


def rooted(findings: Sequence[Finding]) -> Part | None:
    """Root of the mean square over pairs, each in units of the root mean square of its own draws."""
    size = [float(np.sqrt(np.nanmean(one.draws**2))) for one in findings]
    moving = [(one, root) for one, root in zip(findings, size, strict=True) if root > FLAT]
    if not moving:
        return None
    value = np.sqrt(np.mean([(one.value / root) ** 2 for one, root in moving]))
    return float(value), np.sqrt(np.mean([(one.draws / root) ** 2 for one, root in moving], axis=0))


def summed(findings: Sequence[Finding]) -> Part | None:
    """Sum over pairs, each in standard deviations of its own draws, over the root of their number."""
    known = [(one, moments(one)) for one in findings]
    pairs = [(one.value, one.draws, found[1], found[2]) for one, found in known if found is not None]
    if not pairs:
        return None
    value = sum((value - mu) / sd for value, _, mu, sd in pairs) / np.sqrt(len(pairs))
    count = min(len(draws) for _, draws, _, _ in pairs)
    return float(value), known_sum(np.stack([(draws[:count] - mu) / sd for _, draws, mu, sd in pairs]))


def known_sum(z: Floats) -> Floats:
    """Sum over the rows that have a value, over the root of their number, [S]; NaN without any."""
    count = np.isfinite(z).sum(axis=0)
    return np.where(count > 0, np.nansum(z, axis=0) / np.sqrt(np.maximum(count, 1)), np.nan)


def _scaled(part: Part | None) -> Part | None:
    """Return value and draws in standard deviations of the draws; None with too few or without any spread."""
    if part is None or np.isfinite(part[1]).sum() < MIN_DRAWS or not np.nanstd(part[1], ddof=1) > FLAT:
        return None
    mu, sd = np.nanmean(part[1]), np.nanstd(part[1], ddof=1)
    return float((part[0] - mu) / sd), (part[1] - mu) / sd


def _judged(pairs: Sequence[Finding], parts: Sequence[Part | None], t_ns: int) -> Judged:
    """Judge the sum of the parts that there are, of at least three people."""
    nothing = Finding(name="mimicry_index", subject=(), t_ns=t_ns)
    kept = [part for part in parts if part is not None]
    if people(pairs) < MIN_PEOPLE or not kept:
        return Judged(finding=nothing)
    count = min(len(draws) for _, draws in kept)
    return judge(
        replace(
            nothing,
            value=sum(value for value, _ in kept),
            draws=np.sum([draws[:count] for _, draws in kept], axis=0),
            n=float(np.mean([one.n for one in pairs])),
            coverage=float(np.mean([one.coverage for one in pairs])),
        )
    )


def _placed(pooled: Judged) -> Judged:
    """Return the same verdict with value and null as places under the draws, 0..1."""
    places = _places(_known(pooled), pooled)
    finding = replace(pooled.finding, value=_place(pooled), draws=places)
    return replace(pooled, finding=finding, mu=float(places.mean()), sd=float(places.std(ddof=1)))


def _known(pooled: Judged) -> Floats:
    draws = pooled.finding.draws
    return draws[np.isfinite(draws)]


def _place(pooled: Judged) -> float:
    """Place of the value, 0..1."""
    return float(_places(np.array([pooled.finding.value]), pooled)[0])


def _places(values: Floats, pooled: Judged) -> Floats:
    """Values under the t distribution predicted by the draws, 0..1, [n]."""
    draws = _known(pooled)
    S = len(draws)
    t = (values - draws.mean()) / (draws.std(ddof=1) * np.sqrt(1 + 1 / S))
    return np.array([student_below(S - 1, one) for one in t])
