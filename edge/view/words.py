"""Payload values as words: movements, pairs, states, times. No word here is about what anybody felt."""

from edge.plain import Json
from edge.words import STATE_WORDS

MOVEMENTS = {
    "AU01": "inner brow up",
    "AU02": "outer brow up",
    "AU04": "brow down",
    "AU06": "cheek up",
    "AU09": "nose wrinkle",
    "AU12": "lip corners up",
    "AU15": "lip corners down",
}
"""Channels shown in the ticker; speech and blinks would drown them."""

STATES = {
    "above": ("▲", STATE_WORDS["above"]),
    "below": ("▼", STATE_WORDS["below"]),
    "at_chance": ("≈", STATE_WORDS["at_chance"]),
    "insufficient": ("…", STATE_WORDS["insufficient"]),
}
"""Mark and words of each state; they differ by the mark alone, without colour."""

REASONS = {
    "few_people": "too few people",
    "short": "together for less than three minutes",
    "absent": "one of them has not been seen for half a minute",
    "unseen": "seen for too little of the time",
    "common_light": "the light or the camera moves all faces at once",
    "speaker": "heads turn to whoever speaks",
    "too_few": "too few movements so far",
}
"""Why there is not enough data for a verdict."""


def judgement(body: Json) -> tuple[str, str]:
    """Mark and words of the state in a payload, with the reason where there is no verdict."""
    state = str(body.get("state", "insufficient"))
    mark, words = STATES.get(state, ("?", state))
    reason = REASONS.get(str(body.get("reason")))
    return mark, words if reason is None else f"{words}: {reason}"


def clock(body: Json) -> str:
    """UTC time of day of a payload, or minutes and seconds of its recording."""
    time = body.get("time")
    if isinstance(time, str) and "T" in time:
        return time.split("T")[1][:8]
    seconds = body.get("t_s")
    return "        " if seconds is None else f"{int(seconds) // 60:5d}:{int(seconds) % 60:02d}"


def happening(body: Json) -> str:
    """One line for a movement of a person or an episode of a pair or of the room."""
    if "channel" in body:
        seconds = body["offset_s"] - body["onset_s"]
        brief = ", brief" if body.get("brief") else ""
        return f"{body['person']} {MOVEMENTS[body['channel']]} {seconds:.1f} s{brief}"
    verb = {"start": "now", "update": "still", "end": "no longer"}.get(str(body.get("type")), "")
    p = None if verb == "no longer" else body.get("p")
    tail = "" if p is None else f", p {p:.3f}"
    return f"{_episode(body)}: {verb} {STATES['above'][1]}{tail}"


def _episode(body: Json) -> str:
    """Whom an episode is about."""
    tracks, leader, lag_ms = body.get("tracks"), body.get("leader"), body.get("lag_ms")
    if not tracks:
        return "room"
    lag_s = None if lag_ms is None else lag_ms / 1000 * (-1 if leader == tracks[1] else 1)
    return follows(tracks, lag_s, decided=leader is not None)


def follows(pair: list[int], lag_s: float | None, *, decided: bool = True) -> str:
    """Who follows whom: a positive lag means that the first of the pair moves first."""
    i, j = pair
    if lag_s and not decided:
        return f"{i} and {j}"
    if not lag_s:
        return f"{i} and {j}" + ("" if lag_s is None else " together")
    first, second = (i, j) if lag_s > 0 else (j, i)
    return f"{second} follows {first} by {abs(lag_s):.2f} s"


def number(value: float | None, form: str = ".2f") -> str:
    """Format a number, or a dash where it is not measurable."""
    return "–" if value is None else format(value, form)


def against(value: float | None, null: Json | None) -> str:
    """Format a value beside the null it is held against."""
    if null is None or null.get("mu") is None:
        return number(value)
    return f"{number(value)} vs {number(null['mu'])}±{number(null.get('sd'))}"


def muted_by(privacy: Json) -> str:
    """Which sources ask for the mute."""
    sources = [name.replace("_", " ") for name, on in (privacy.get("sources") or {}).items() if on]
    return " and ".join(sources) or "privacy setting"


def evidence_words(bans: float | None) -> str:
    """Return how strongly something speaks against chance, in words; `bans` is the log10 of an e-value."""
    if bans is None:
        return "not enough data"
    if bans <= 0:
        return "no evidence against chance"
    odds = float(f"{10.0 ** min(bans, 6.0):.2g}")  # more digits would only flicker
    return f"{'more than ' if bans > 6 else ''}{odds:,.{0 if odds >= 10 else 1}f} to 1 against chance"


def span(seconds: float) -> str:
    """Return a length of time for reading: `40 s`, `2 min 10 s`, `1 h 5 min`, `1 h`."""
    whole = max(0, int(seconds))
    minutes, rest_s = divmod(whole, 60)
    hours, rest_min = divmod(minutes, 60)
    parts = ((hours, "h"), (rest_min, "min")) if hours else ((minutes, "min"), (rest_s, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
