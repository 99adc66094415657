"""The scene of the README from many seeds, without pictures: verdicts away from chance that nobody planted.

Three people, five minutes; the second answers nine of ten smiles of the first, and nothing else is related.
"""

from collections import Counter
from dataclasses import replace

from edge.stage import load_script
from tests.validate.pixels import A, B, signals, spoken
from tests.validate.rooms.planted import SCRIPT
from tests.validate.spread import spread
from tests.validate.tables import interval, table

SCENES = 20
FALSE = 0.15
"""Scenes with anything false: at most .10 have something `above`, .05 something `below`."""


def seen(seed):
    """Return (verdicts, those away from chance of the planted pair, those of other pairs) of one scene."""
    found = signals(replace(load_script(SCRIPT), seed=seed))
    away = [(name, pair, one["state"]) for (name, pair), one in spoken(found).items()]
    planted = [one for one in away if _may(*one)]
    judged = sum(one["state"] != "insufficient" for one in found.values())
    return judged, planted, [one for one in away if one not in planted]


def _may(name, pair, state):
    """Whether the scene allows this verdict: B follows A, and A does not follow B."""
    if name == "following_asymmetry":  # > 0: the first of the pair follows the second
        return pair == (A, B) and state == "below"
    return set(pair) == {A, B} and (name != "response_timeliness" or pair == (A, B))


def report(*, short=False, meetings=None):
    """Return the table."""
    seeds = range(meetings or (2 if short else SCENES))
    return [written(spread(seen, seeds))]


def written(found):
    """Return the table of what was seen of scenes of the seeds from 0 on."""
    n = len(found)
    wrong = sum(bool(false) for *_, false in found)
    true = Counter(name for _, planted, _ in found for name, *_ in planted)
    false = Counter(f"`{name}` {state}" for *_, those in found for name, _, state in those)
    rows = [
        ("verdicts of pairs", sum(judged for judged, *_ in found), "-", "-"),
        ("away from chance, of the planted pair", sum(len(planted) for _, planted, _ in found), "-", "-"),
        ("away from chance, of others or the other way round", false.total(), "-", "-"),
        ("scenes with any of these", f"{wrong} of {n}", interval(wrong, n), f"{FALSE:g}"),
        *(
            (f"`{name}` of the planted pair", f"{true[name]} of {n}", interval(true[name], n), "-")
            for name in ("expression_synchrony", "response_timeliness")
        ),
    ]
    missed = [f"{wrong} of {n} scenes"] if wrong / n > FALSE + 3 * (FALSE * (1 - FALSE) / n) ** 0.5 else []
    note = f"""`planted.yaml` from the seeds 0 to {n - 1}, amplitudes in noise instead of pictures, all
measures, judged once at the end. Not planted: {", ".join(f"{k} {v}" for k, v in false.items()) or "none"}."""
    return table(
        "The scene of the README: what was not planted",
        ("what", "found", "95 % interval", "bar"),
        rows,
        note,
        missed,
    )
