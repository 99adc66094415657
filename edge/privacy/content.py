"""Records as the content of published messages; who may see which is decided in `door`."""

import math
from collections.abc import Mapping

from edge.lags import profile
from edge.missing import Seen
from edge.plain import Json, finite
from edge.records import Coupling, Expression, Measure, Movement, Null

INDEX, PAIR = "mimicry_index", "expression_synchrony"
_DIGITS = 4
_POINTS, _POINT_DIGITS = 25, 2
"""Of a lag profile, for a drawing: the most points, and their digits."""


def number(value: float | None) -> float | None:
    """Return the value rounded for the wire; None where it is not measurable."""
    return finite(value, _DIGITS)


def judged(measure: Measure, digits: int | None = _DIGITS) -> Json:
    """Return what every value travels with, and why it is none; all digits without a number of them."""
    null = measure.null
    body: Json = {
        "null": None if null is None else {"mu": finite(null.mu, digits), "sd": finite(null.sd, digits)},
        "p": finite(measure.p, digits),
        "evidence": finite(measure.evidence, digits),
        "n": finite(measure.n, digits),
        "coverage": finite(measure.coverage, digits),
        "confidence": finite(measure.confidence, digits),
        "state": measure.state,
    }
    return body if measure.reason is None else body | {"reason": measure.reason}


def draws(null: Null) -> Json:
    """Return every draw of a null."""
    return {"draws": [float(f"{value:.5g}") for value in null.draws]}


def measure(one: Measure) -> Json:
    """Return one measure, with its subject where it has one."""
    head: Json = {"name": one.name, "value": number(one.value), "unit": one.unit}
    if one.lag_s is not None:
        head["lag_s"] = number(one.lag_s)
    if one.extra:
        head["extra"] = {name: number(value) for name, value in one.extra.items()}
    return head | judged(one)


def episodic(one: Measure) -> bool:
    """Return whether episodes are made of this measure: of pairs one, of the room the index."""
    return one.name == (PAIR if one.subject else INDEX)


def index(measures: tuple[Measure, ...]) -> Json:
    """Return the room's index and everything needed to doubt it; null where it was not measurable."""
    for one in measures:
        if one.name == INDEX and not one.subject:
            return {"index": number(one.value)} | judged(one)
    return {
        "index": None,
        "null": None,
        "p": None,
        "evidence": None,
        "n": 0,
        "coverage": None,
        "confidence": 0,
        "state": "insufficient",
    }


def pair(one: Measure, names: dict[int, int]) -> Json:
    """Return one pair: `value` and `null` are Fisher z, `z` is the distance from the null in its spread."""
    i, j = one.subject
    return {
        "pair": [names[i], names[j]],
        "lag_s": number(one.lag_s),
        "lag_low_s": number(one.extra.get("lag_low_s")),
        "lag_high_s": number(one.extra.get("lag_high_s")),
        "leader": _leader(one, names),
        "r": number(_r(one)),
        "z": number(one.z),
        "value": number(one.value),
    } | judged(one)


def lag_profile(one: Measure, names: dict[int, int]) -> Json | None:
    """Return a pair's mean Fisher z by lag, thinned, beside the far lags' mean and spread; None without."""
    points = profile(one.extra)
    points = points[:: -(-len(points) // _POINTS) or 1]
    if len(points) < 2:
        return None
    i, j = one.subject
    return {
        "pair": [names[i], names[j]],
        "first_s": finite(points[0][0], 1),
        "step_s": finite(points[1][0] - points[0][0], 1),
        "z": [finite(z, _POINT_DIGITS) for _, z in points],
        "mu": number(one.extra["lag_mu"]),
        "sd": number(one.extra["lag_sd"]),
    }


def person(one: Expression, channels: tuple[str, ...], names: dict[int, int]) -> Json:
    """Return the signals of one person: the `research` profile only."""
    signals = dict(zip(channels, map(number, one.x), strict=False))
    return {
        "id": names[one.person],
        "signals": signals,
        "yaw_deg": number(math.degrees(one.pose_rad[0])),
        "canthus_px": number(one.canthus_px),
    }


def frame(one: Expression, channels: tuple[str, ...]) -> Json:
    """Return the signals of one person in one frame, all digits of them."""
    return {
        "t_s": one.t_ns / 1e9,
        "frame": one.index,
        "person": one.person,
        "presence": one.presence,
        "canthus_px": one.canthus_px,
        "signals": dict(zip(channels, one.x.tolist(), strict=True)),
    }


def shares(missing: Mapping[str, float]) -> Json:
    """Return shares of time by reason."""
    return {reason: number(share) for reason, share in missing.items()}


def seen(one: Seen, names: dict[int, int]) -> Json:
    """Return how much of one person's time was not measurable: the profiles with person level only."""
    return {"id": names[one.person], "seconds": number(one.seconds), "missing": shares(one.missing)}


def movement(one: Movement) -> Json:
    """Return one movement of one person: the `research` profile only."""
    return {
        "person": one.person,
        "channel": one.channel,
        "onset_s": one.onset_ns / 1e9,
        "apex_s": one.apex_ns / 1e9,
        "offset_s": one.offset_ns / 1e9,
        "amplitude": number(one.amplitude),
        "brief": one.brief,
    }


def coupling(one: Coupling) -> Json:
    """Return the highest correlation of one pair and channel in one window, at its lag."""
    best = None
    for lag_s, r in zip(one.lags_s.tolist(), one.r.tolist(), strict=True):
        if math.isfinite(r) and (best is None or r > best[1]):
            best = (lag_s, r)
    lag_s, r = best or (math.nan, math.nan)
    return {
        "pair": list(one.pair),
        "channel": one.channel,
        "lag_s": number(lag_s),
        "r": number(r),
        "coverage": number(one.coverage),
    }


def _leader(one: Measure, names: dict[int, int]) -> int | None:
    """Return who of a pair moves first, where the interval of the lag leaves no doubt."""
    leads = one.extra.get("leads")
    return names[one.subject[0 if leads > 0 else 1]] if leads else None


def _r(one: Measure) -> float | None:
    """Return the correlation at the peak, from the measure itself or from its Fisher z."""
    if one.extra.get("r_peak") is not None:
        return one.extra["r_peak"]
    return None if one.value is None else math.tanh(one.value)
