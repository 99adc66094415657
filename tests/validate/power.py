"""Planted answers: how often they are found, at which lag and direction; shared occasions without any."""

from collections import Counter
from functools import partial

import numpy as np

from tests.validate.drive import at_once, session
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.spread import spread
from tests.validate.tables import number, table

THEORY = {3: (0.24, 0.55, 0.87), 10: (0.54, 0.92, 1.0), 20: (0.83, 0.99, 1.0)}
SHARES = (0.1, 0.2, 0.4)
LEADS = (1, 2)
SYNCHRONY = "expression_synchrony"
TIMELY = "response_timeliness"
SMILES = (TIMELY, "response_pull")
ASYMMETRY = "following_asymmetry"
BRIEF = "brief_event_mirroring"
EVENTS = (BRIEF, *SMILES)
OCCASIONS = ((1.0, 3.0), (2.0, 5.0), (2.0, 3.0))  # a minute, everybody reacts within s
ALPHA = 0.05
REACH = 0.9  # of the theory, or of its test on the same truths where these were harder
FALSE, SHARED, RIGHT, SAMPLE_S = 0.075, 0.15, 0.95, 0.1
"""Bars: speaks when nobody answers, speaks of occasions, right directions, error of a lag."""


def found(measures, name):
    """Whether p <= .05 for the planted direction 1 -> 2."""
    return any(one.name == name and one.subject == LEADS and (one.p or 1.0) <= ALPHA for one in measures)


def power(runs, minutes, share, *, brief, enabled):
    """Share of runs in which each measure finds the planted pair; every frame through the real modules."""
    run = partial(_driven, minutes=minutes, share=share, brief=brief, enabled=enabled)
    found_in = spread(run, range(runs))
    return {name: sum(one[name] for one in found_in) / runs for name in enabled}


def _driven(seed, *, minutes, share, brief, enabled):
    measures = session(
        simulate(Script(minutes=minutes, q=share, seed=seed, brief=brief)), CHANNELS, enabled=enabled
    )
    return {name: found(measures, name) for name in enabled}


def _events(seed, script):
    """Event measures of one truth, brief movements and smiles: what was found, beside the binomial test."""
    hits = Counter()
    for brief, names in ((True, (BRIEF,)), (False, SMILES)):
        one = simulate(Script(**script, seed=seed, brief=brief))
        measures = at_once(one, CHANNELS, enabled=names, horizon_s=60 * max(10, script.get("minutes", 10)))
        for name in names:
            hits[name] = found(measures, name)
        for measure in measures:
            if measure.name == BRIEF and measure.subject == LEADS and measure.p is not None:
                hits["binomial"] = measure.extra["p_analytic"] <= ALPHA
                hits["N1"] = measure.extra["p_far"] <= ALPHA
    return hits


def _shares(runs, script):
    """Share of runs in which each event measure and test speaks."""
    total = sum(spread(partial(_events, script=script), range(runs)), Counter())
    return {name: number(total[name] / runs, 2) for name in (*EVENTS, "binomial", "N1")}


def power_rows(runs, full_runs, lengths=(3, 10, 20), shares=SHARES):
    """One row a length and share: theory, the test it is about, every event measure, synchrony."""
    rows = []
    for minutes in lengths:
        for share in (0.0, *shares):
            some = _shares(runs, {"minutes": minutes, "q": share})
            theory = number(THEORY[minutes][SHARES.index(share)], 2) if share else "at most .05"
            synchrony = power(full_runs, minutes, share, brief=False, enabled=(SYNCHRONY,)) if share else {}
            last = number(synchrony[SYNCHRONY], 2) if share else "-"
            rows.append((minutes, share, theory, some["binomial"], *(some[name] for name in EVENTS), last))
    return rows


def _lag(seed, delay_s):
    """Return lag of synchrony, s, and whether `following_asymmetry` has the right sign (None: too little)."""
    one = simulate(Script(q=0.4, delay_s=delay_s, delay_spread=0.0, seed=seed))
    lag_s = next(m.lag_s for m in session(one, CHANNELS, enabled=(SYNCHRONY,)) if m.subject == LEADS)
    value = next(m.value for m in at_once(one, CHANNELS, enabled=(ASYMMETRY,)) if m.subject == LEADS)
    return lag_s, np.nan if value is None else value < 0.0


def lags(runs, delays_s=(0.2, 0.6, 0.7, 1.5)):
    """Median error of the recovered lag and share of right directions, q = .4, 10 min."""
    rows = []
    for delay_s in delays_s:
        lag_s, right = np.array(spread(partial(_lag, delay_s=delay_s), range(runs)), dtype=np.float64).T
        error = np.median(np.abs(lag_s - delay_s))
        shares = (number((lag_s > 0).mean(), 2), number(np.nanmean(right), 2))
        rows.append((delay_s, f"{np.median(lag_s):.3f}", f"{error:.3f}", *shares))
    return rows


def _synchrony_shared(seed, script):
    """Verdicts of N1 and N2 on synchrony for one session of shared occasions."""
    measures = session(simulate(Script(**script, seed=seed)), CHANNELS, enabled=(SYNCHRONY,))
    one = next(m for m in measures if m.subject == LEADS)
    return one.p <= ALPHA, (one.extra["z_local"] or 0.0) > 1.645


def shared(runs, occasions=OCCASIONS):
    """Both react to common occasions, nobody to the other: how often each null still speaks."""
    rows = []
    for rate_min, within_s in occasions:
        script = {"shared_min": rate_min, "shared_within_s": within_s, "onsets_min": 4.0 - rate_min}
        some = _shares(runs, script)
        full = runs if (rate_min, within_s) == OCCASIONS[0] else runs // 4
        both = np.array(spread(partial(_synchrony_shared, script=script), range(full)))
        head = (f"{rate_min:g}", f"{within_s:g}")
        rows.append((*head, f"`{BRIEF}`", some["N1"], some[BRIEF]))
        rows += [(*head, f"`{name}`", "-", some[name]) for name in SMILES]
        rows.append((*head, f"`{SYNCHRONY}`", *(number(v, 2) for v in both.mean(axis=0))))
    return rows


POWER_NOTE = """Share of runs with p <= .05, one-sided, for the planted direction. The theory is event
coincidence analysis with a binomial test (answers .2 to 1.2 s after an onset); `binomial` is that test on the
truths used here. q = 0: how often each is significant when nobody answers. 20 minutes are measured with
`mimicry.horizon_s: 1200`. Bar: brief events and timeliness reach .9 of the theory, or of `binomial` where
chance made these truths harder."""
SHARED_NOTE = """Nobody answers anybody; an occasion moves each person with probability .8 at some moment
within the given time, own movements make up four onsets a minute. N1: coupled at all; N2: following beyond
the occasion (bar .15 at one occasion a minute; 200 runs, synchrony of the other rows 50)."""


def _weak(rows):
    """Say where the measures with an answer window of a second find too little, or speak too often."""
    for minutes, share, theory, binomial, *shares in rows:
        for name, found in zip(EVENTS, map(float, shares[:-1]), strict=True):
            if not share:
                limit, said = FALSE, found > FALSE
            elif name in (BRIEF, TIMELY):
                limit = REACH * min(float(theory), float(binomial))
                said = found < limit
            else:
                continue
            if said:
                yield f"`{name}` {found:.2f} at q = {share:g}, {minutes} min (bar {limit:.2f})"


def _astray(rows):
    """Say where the lag or the direction of synchrony is not recovered."""
    for delay_s, _, error, right, _ in rows:
        if float(error) > SAMPLE_S or float(right) < RIGHT:
            yield f"delay {delay_s:g} s: error {error} s, direction {right}"


def _moved(rows):
    """Say which N2 measure speaks too often of one occasion a minute."""
    for rate_min, _, name, _, n2 in rows[: len(EVENTS)]:
        if float(n2) > SHARED:
            yield f"{name} {n2} at {rate_min} a minute"


def report(*, short=False):
    """All tables of detection."""
    runs, full = (20, 4) if short else (200, 30)
    lengths, shares = ((10,), (0.4,)) if short else ((3, 10, 20), SHARES)
    found = power_rows(runs, full, lengths, shares)
    delays = lags(full, (0.7,) if short else (0.2, 0.6, 0.7, 1.5))
    occasions = shared(4 if short else 200, OCCASIONS[:1] if short else OCCASIONS)
    header = ("minutes", "q", "theory", "binomial", *(f"`{name}`" for name in (*EVENTS, SYNCHRONY)))
    return [
        table("Power: planted answers, 4 onsets a minute", header, found, POWER_NOTE, list(_weak(found))),
        table(
            "Lag and direction: q = .4, 10 min",
            ("delay, s", "median lag, s", "median error, s", f"`{SYNCHRONY}`", f"`{ASYMMETRY}`"),
            delays,
            "A sample is .1 s. Right direction: the sign of the lag of synchrony, the sign of the asymmetry.",
            list(_astray(delays)),
        ),
        table(
            "Shared occasions, no answers: share of significant runs",
            ("occasions a minute", "within, s", "measure", "N1", "N2"),
            occasions,
            SHARED_NOTE,
            list(_moved(occasions)),
        ),
    ]
