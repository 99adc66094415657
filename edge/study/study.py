"""The value of every dyad against two nulls: the same people out of step, and people who never met.

    S = mean over windows of max_tau atanh r(tau)
    within:  S of the same two, one of them turned around by 30 s and more (data sliding, Moulder et al. 2018)
    between: S of the first of one dyad with the second of another (pseudo-dyads, Bernieri 1988; Ramseyer &
             Tschacher 2010; rMEA's `shuffle`)

Over all dyads the mean of S is ranked among the means of draws: of turns of everybody at once (within), of
shuffled partners, each second person with one first person (between). Both are tests by permutation, so
p = (1 + number of draws not below the value) / (1 + number of draws).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.formulas import FAR_S
from edge.study.dyads import Dyad, Lengths, strength, together

MIN_DYADS = 3
SHUFFLES = 999
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A value against the draws of one null."""

    mu: float
    sd: float
    z: float
    p: float
    n: int
    """Number of draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One dyad, or all of them."""

    name: str
    value: float
    """S, or its mean over the dyads."""
    lag_s: float
    """Lag at the top of the mean profile; positive: the second follows. NaN for all of them."""
    seconds: float
    """Length of the recording, or of all."""
    within: Held
    between: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Every dyad, all of them, and the strengths of all pairings."""

    dyads: tuple[Result, ...]
    all: Result
    effect: float
    """Mean of S minus that of pseudo-dyads, in standard deviations of both pooled (Cohen's d)."""
    pairings: Floats
    """S of the first of each dyad with the second of each, [D, D]; the real ones on the diagonal."""


def study(
    dyads: Sequence[Dyad], lengths: Lengths, *, draws: int = 99, seed: int = 1, step: Step = lambda _: None
) -> Study:
    """Compare every dyad with itself out of step and with pseudo-dyads; `step` is called once a dyad.

    Raises
    ------
    SignalsError
        If there are fewer than three dyads, or one is too short to be turned by 30 s both ways.
    """
    if len(dyads) < MIN_DYADS:
        raise SignalsError(f"expected at least {MIN_DYADS} dyads, got {len(dyads)}")
    turned, strengths = [], []
    for k, one in enumerate(dyads):
        turned.append(_turned(one, lengths, (draws, seed, k)))
        strengths.append([strength(together(one.first, other.second, lengths)) for other in dyads])
        step(1)
    pairings = np.array(strengths)
    results = [
        Result(
            name=one.name,
            value=float(pairings[k, k]),
            lag_s=_lag_s(one, lengths),
            seconds=len(one.first) / one.rate_hz,
            within=held(pairings[k, k], turned[k]),
            between=held(pairings[k, k], _others(pairings, k)),
        )
        for k, one in enumerate(dyads)
    ]
    whole = _all(results, pairings, np.array(turned), seed)
    return Study(dyads=tuple(results), all=whole, effect=_effect(pairings), pairings=pairings)


def held(value: float, draws: Floats) -> Held:
    """Hold a value against draws; NaN where there is nothing to compare."""
    known = draws[np.isfinite(draws)]
    if len(known) < 2 or not np.isfinite(value):
        return Held(mu=np.nan, sd=np.nan, z=np.nan, p=np.nan, n=len(known))
    mu, sd = float(known.mean()), float(known.std(ddof=1))
    p = (1 + int((known >= value).sum())) / (1 + len(known))
    return Held(mu=mu, sd=sd, z=float((value - mu) / sd) if sd > 0 else np.nan, p=p, n=len(known))


def _turned(one: Dyad, lengths: Lengths, draw: tuple[int, int, int]) -> Floats:
    """Return S of a dyad whose second person is turned around by every draw (number, seed, dyad), [draws]."""
    n, far = len(one.second), round(FAR_S * lengths.rate_hz)
    if n < 3 * far:
        got = n / lengths.rate_hz
        raise SignalsError(f"expected at least {3 * FAR_S:g} s of both, got {got:.4g} s of {one.name}")
    by = np.random.default_rng(draw[1:]).integers(far, n - far + 1, draw[0]).tolist()
    return np.array([strength(together(one.first, np.roll(one.second, n), lengths)) for n in by])


def _lag_s(one: Dyad, lengths: Lengths) -> float:
    """Return the lag at the top of the mean profile."""
    z = together(one.first, one.second, lengths)
    known = z[np.isfinite(z).all(axis=1)]
    at = int(known.mean(axis=0).argmax()) if len(known) else -1
    return (at - z.shape[1] // 2) / lengths.rate_hz if at >= 0 else float("nan")


def _others(pairings: Floats, k: int) -> Floats:
    """Return S of the pseudo-dyads of a dyad: its first with other seconds, its second with other firsts."""
    return np.concatenate((np.delete(pairings[k], k), np.delete(pairings[:, k], k)))


def _all(results: Sequence[Result], pairings: Floats, turned: Floats, seed: int) -> Result:
    """Rank the mean of all measurable dyads among turned and shuffled ones."""
    kept = np.flatnonzero(np.isfinite(np.diag(pairings)))
    among, rng = pairings[np.ix_(kept, kept)], np.random.default_rng((seed, len(pairings)))
    at = np.arange(len(kept))
    shuffled = [_mean(among[at, rng.permutation(len(kept))]) for _ in range(SHUFFLES)]
    value = _mean(np.diag(among))
    return Result(
        name="all",
        value=value,
        lag_s=float("nan"),
        seconds=sum(one.seconds for one in results),
        within=held(value, np.array([_mean(column) for column in turned[kept].T])),
        between=held(value, np.array(shuffled)),
    )


def _mean(values: Floats) -> float:
    """Mean of what is measurable."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _effect(pairings: Floats) -> float:
    """Cohen's d of real dyads against pseudo-dyads."""
    real, pseudo = np.diag(pairings), pairings[~np.eye(len(pairings), dtype=bool)]
    real, pseudo = real[np.isfinite(real)], pseudo[np.isfinite(pseudo)]
    if len(real) < 2 or len(pseudo) < 2:
        return float("nan")
    squares = (len(real) - 1) * real.var(ddof=1) + (len(pseudo) - 1) * pseudo.var(ddof=1)
    pooled = np.sqrt(squares / (len(real) + len(pseudo) - 2))
    return float((real.mean() - pseudo.mean()) / pooled) if pooled > 0 else float("nan")
