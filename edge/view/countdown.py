"""How far a room is from its first verdict, in one line, and who delays it."""

from itertools import combinations

from edge.missing import missing_words
from edge.plain import Json
from edge.view.model import DeviceView
from edge.view.words import span

NEEDED_S = 180.0
"""Time that two people must have been measurable together before anything is judged."""
_WORTH_NAMING = 0.25  # share of somebody's time that was not measurable


def countdown(view: DeviceView) -> str:
    """Return what the first verdict waits for; empty once something is judged, or while nothing is heard."""
    if not view.live or view.muted or _judged(view.live):
        return ""
    if "people" not in view.live:
        return _of_the_room(view)
    if len(view.people) < 2:
        return "Two people are needed before anything can be judged."
    together_s = together(view)
    if together_s < NEEDED_S:
        return f"{span(together_s)} of 3 min together{_delays(view)}"
    return f"Two people must be measurable for three quarters of 3 min{_delays(view)}"


def together(view: DeviceView) -> float:
    """Return the longest time that any two people present have been known together, s."""
    t_s = float(view.live.get("t_s") or 0.0)
    known = [t_s - view.since.get(one["id"], t_s) for one in view.people]
    return max((min(pair) for pair in combinations(known, 2)), default=0.0)


def _of_the_room(view: DeviceView) -> str:
    if view.count < 3:
        return f"{view.count} present: the room is judged from three people on."
    words = missing_words(view.health.get("missing") or {})
    return f"Nothing is judged before three minutes together{f'; not measurable: {words}' if words else ''}"


def _delays(view: DeviceView) -> str:
    """Name the people who were not measurable for much of the time, and why."""
    delayed = []
    for one in view.summary.get("seen") or []:
        missing = one.get("missing") or {}
        if missing and max(missing.values()) >= _WORTH_NAMING:
            largest = dict([max(missing.items(), key=lambda item: item[1])])
            delayed.append(f"person {one['id']} is {missing_words(largest)} of the time")
    return "".join(f"; {words}" for words in delayed)


def _judged(live: Json) -> bool:
    states = [live.get("state"), *(pair.get("state") for pair in live.get("pairs") or [])]
    return any(state not in {None, "insufficient"} for state in states)
