"""Meetings in which everybody laughs at the same jokes and nobody follows anybody: the room's index.

Four people, ten minutes; eight of ten react to each joke. Watched every ten seconds, judged once at the end.
"""

from tests.validate.drive import on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import watch
from tests.validate.planted import INDEX
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

BARS = {1.0: 0.10, 2.0: 0.10, 4.0: 0.20}
"""Jokes a minute: share of meetings in which the room's index may be `above`."""
MEETINGS = 40


def seen(asked):
    """Return (above at any look, above at the end, place of plain synchrony) for (jokes a minute, seed)."""
    jokes_min, seed = asked
    meeting = meet(Gathering(jokes_min=jokes_min, seed=seed))
    spells, _ = watch(meeting, INDEX, CHANNELS)
    live = any((one.name, one.state) == ("mimicry_index", "above") for one in spells)
    measures = on_grid(meeting, CHANNELS, enabled=("expression_synchrony",))
    index = next(one for one in measures if one.name == "mimicry_index")
    return live, index.state == "above", index.extra["plain"]


def report(*, short=False, meetings=None):
    """Return the table."""
    asked = [(rate, seed) for seed in range(meetings or (1 if short else MEETINGS)) for rate in BARS]
    return [written(dict(zip(asked, spread(seen, asked), strict=True)))]


def written(found):
    """Return the table of what was seen, {(jokes a minute, seed): what `seen` returned}."""
    rows, missed = [], []
    for rate, bar in BARS.items():
        those = [one for (asked, _), one in found.items() if asked == rate]
        n = len(those)
        live, end, plain = (
            sum(one[0] for one in those),
            sum(one[1] for one in those),
            [one[2] for one in those],
        )
        shares = (f"{k} of {n} ({interval(k, n)})" for k in (live, end))
        rows.append((f"{rate:g}", *shares, number(sum(plain) / n, 3), number(bar, 2)))
        if max(live, end) / n > bar + 3 * (bar * (1 - bar) / n) ** 0.5:
            missed.append(f"{rate:g} jokes a minute: above in {live} (live) and {end} (end) of {n}")
    note = f"""Four people, ten minutes, jokes to which eight of ten react within about a second, nobody
coupled; seeds 0 to {max(seed for _, seed in found)}. In brackets exact 95 % intervals."""
    header = ("jokes a minute", "`above` at any look", "`above` at the end", "plain synchrony, place", "bar")
    return table("Jokes: the room's index", header, rows, note, missed)
