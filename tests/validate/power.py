"""Planted answers: how often they are found, at which lag and direction; shared occasions without any."""

import numpy as np

from tests.validate.drive import session
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.tables import number, table

THEORY = {3: (0.24, 0.55, 0.87), 10: (0.54, 0.92, 1.0), 20: (0.83, 0.99, 1.0)}
SHARES = (0.1, 0.2, 0.4)
EVENT_MEASURES = ("response_timeliness", "response_pull", "brief_event_mirroring", "following_asymmetry")
PLAIN = ("expression_synchrony", "configuration_alignment")


def found(measures, name):
    """Whether p <= .05 for the planted direction 1 -> 2 (for the asymmetry: 2 follows 1, so it is small)."""
    for one in measures:
        if one.name == name and one.subject == (1, 2) and one.p is not None:
            if name == "following_asymmetry":
                return 1 - one.p < 0.05
            return one.p <= 0.05
    return False


def power(runs, minutes, share, *, brief, enabled):
    """Share of runs in which each measure finds the planted pair."""
    hits = dict.fromkeys(enabled, 0)
    for seed in range(runs):
        script = Script(minutes=minutes, q=share, seed=seed, brief=brief)
        measures = session(simulate(script), CHANNELS, enabled=enabled)
        for name in enabled:
            hits[name] += found(measures, name)
    return {name: count / runs for name, count in hits.items()}


def power_rows(runs, lengths=(3, 10, 20), shares=SHARES):
    """One row a length and share: theory, then every measure."""
    rows = []
    for minutes in lengths:
        for share in shares:
            long = power(
                runs, minutes, share, brief=False, enabled=(*PLAIN, "response_timeliness", "response_pull")
            )
            short = power(runs, minutes, share, brief=True, enabled=("brief_event_mirroring",))
            theory = THEORY[minutes][SHARES.index(share)]
            rows.append((minutes, share, theory, *(number(v, 2) for v in {**long, **short}.values())))
    return rows


def lags(runs, delays_s=(0.2, 0.6, 0.7, 1.5)):
    """Median error of the recovered lag and share of right directions, q = .4, 10 min."""
    rows = []
    for delay_s in delays_s:
        errors, right = [], 0
        for seed in range(runs):
            script = Script(q=0.4, delay_s=delay_s, delay_spread=0.0, seed=seed)
            measures = session(simulate(script), CHANNELS, enabled=("expression_synchrony",))
            one = next(m for m in measures if m.subject == (1, 2))
            errors.append(one.lag_s - delay_s)
            right += one.lag_s > 0
        rows.append((delay_s, f"{np.median(np.abs(errors)):.3f}", f"{right / runs:.2f}"))
    return rows


def shared(runs, rate_min=2.0):
    """Both react to common occasions, nobody to the other: how often each null still speaks."""
    names = ("response_timeliness", "response_pull", "brief_event_mirroring", "expression_synchrony")
    hits = dict.fromkeys([*names, "expression_synchrony N2", "brief_event_mirroring N1"], 0)
    for seed in range(runs):
        for brief in (False, True):
            base = Script(shared_min=rate_min, onsets_min=2.0, seed=seed, brief=brief)
            measures = session(simulate(base), CHANNELS, enabled=names)
            for name in names:
                if (name == "brief_event_mirroring") == brief:
                    hits[name] += found(measures, name)
            for one in measures:
                if one.subject == (1, 2) and one.p is not None:
                    if one.name == "expression_synchrony" and not brief:
                        hits["expression_synchrony N2"] += (one.extra["z_local"] or 0.0) > 1.96
                    if one.name == "brief_event_mirroring" and brief:
                        hits["brief_event_mirroring N1"] += one.extra["p_far"] <= 0.05
    return [(f"`{name}`", number(count / runs, 2)) for name, count in hits.items()]


def report(*, short=False):
    """All tables of detection."""
    runs = 5 if short else 40
    lengths, shares = ((10,), (0.4,)) if short else ((3, 10, 20), SHARES)
    header = (
        "minutes",
        "q",
        "theory",
        *PLAIN,
        "response_timeliness",
        "response_pull",
        "brief_event_mirroring",
    )
    return [
        table("Power: planted answers, 4 onsets a minute", header, power_rows(runs, lengths, shares)),
        table(
            "Lag and direction: q = .4, 10 min",
            ("delay, s", "median error, s", "right direction"),
            lags(runs, (0.7,) if short else (0.2, 0.6, 0.7, 1.5)),
        ),
        table(
            "Shared occasions, no answers: share of runs that speak",
            ("measure and null", "p <= .05"),
            shared(4 if short else 40),
        ),
    ]
