"""A meeting of K people as reports, one a second, from a seed."""

import numpy as np

from edge.records import CHANNELS, Coupling, Expression, Measure, Movement, Null, Report

SECOND = 1_000_000_000


def report(rng, second, people):
    """Return what one hop knows, at every level."""
    t_ns = second * SECOND
    pairs = [(i, j) for i in people for j in people if i < j]
    return Report(
        t_ns=t_ns,
        people=tuple(people),
        present=tuple(people),
        expressions=tuple(_expression(rng, t_ns, person) for person in people),
        events=tuple(_event(rng, t_ns, person) for person in people if rng.random() < 0.1),
        couplings=tuple(_coupling(rng, t_ns, pair) for pair in pairs),
        measures=(
            *(_measure(rng, t_ns, "expression_synchrony", pair, "fisher_z") for pair in pairs),
            *(_measure(rng, t_ns, "response_pull", pair[::-1], "log_ratio") for pair in pairs),
            *(_measure(rng, t_ns, "expressivity_calibration", (one,), "gain") for one in people),
            _measure(rng, t_ns, "expression_synchrony", (), "fisher_z"),
            _measure(rng, t_ns, "mimicry_index", (), "place"),
        ),
    )


def _expression(rng, t_ns, person):
    x = rng.normal(size=len(CHANNELS))
    x[rng.integers(len(CHANNELS))] = np.nan
    return Expression(
        t_ns=t_ns,
        index=t_ns // SECOND,
        person=person,
        raw=x / 10,
        x=x,
        pose_rad=(0.1, 0.0, 0.0),
        canthus_px=41.5,
        presence=0.99,
        box_px=(10.0, 20.0, 80.0, 80.0),
    )


def _event(rng, t_ns, person):
    times = np.sort(rng.integers(0, SECOND, 3)) + t_ns - SECOND
    return Movement(
        person=person,
        channel="AU12",
        onset_ns=int(times[0]),
        apex_ns=int(times[1]),
        offset_ns=int(times[2]),
        amplitude=float(rng.gamma(4.0)),
    )


def _coupling(rng, t_ns, pair):
    lags_s = np.linspace(-2, 2, 41)
    r = rng.uniform(-1, 1, 41)
    r[:3] = np.nan
    return Coupling(
        pair=pair,
        channel="AU12",
        t_ns=t_ns,
        lags_s=lags_s,
        r=r,
        offsets_s=np.array([-40.0, 4.0, 40.0]),
        far_r=np.zeros((3, 41)),
        coverage=0.9,
    )


def _measure(rng, t_ns, name, subject, unit):
    if rng.random() < 0.1:
        return Measure(name=name, subject=subject, t_ns=t_ns, value=None, unit=unit, reason="too_few")
    state = rng.choice(["at_chance", "above", "above", "below"])
    return Measure(
        name=name,
        subject=subject,
        t_ns=t_ns,
        value=float(rng.uniform()),
        unit=unit,
        null=Null(mu=0.3, sd=float(rng.choice([0.1, 0.0]))),
        p=float(rng.uniform()),
        n=20.0,
        coverage=0.9,
        confidence=0.9,
        state=str(state),
        evidence=float(rng.uniform(-1, 6)),
        span_ns=(t_ns - 60_000_000_000, t_ns - 9_000_000_000) if state == "above" else None,
        lag_s=float(rng.uniform(-2, 2)),
        extra={"r_peak": float(rng.uniform(-1, 1)), "odd": float("nan")} | _lags(rng),
    )


def _lags(rng):
    points = {f"lag_{k / 5:+.1f}_s": float(rng.normal()) for k in range(-10, 11)}
    return points | {"lag_+2.0_s": float("nan"), "lag_mu": 0.01, "lag_sd": 0.05}
