"""One room as HTML: what the device is doing, what was found and how surely, and what the rest waits for."""

from datetime import tzinfo

from edge.missing import missing_words
from edge.page.markup import badge, facts, local, tag, text
from edge.plain import Json
from edge.view.condition import condition
from edge.view.countdown import NEEDED_S, countdown, together
from edge.view.model import DeviceView
from edge.view.words import evidence_words, follows, judgement, muted_by, number

SURE, MOST = 1.3, 3.0
"""Evidence, log10: 20 to 1, and the end of the bar."""
SHOWN = 12
"""Happenings listed."""


def head(view: DeviceView, now_s: float) -> str:
    """Return what the device is doing, and the facts of its machine."""
    live, system = view.live, view.health.get("sys") or {}
    fps, temp_c = live.get("fps"), system.get("temp_c")
    people = "" if view.muted or not live else f"{view.count}"
    waiting = (view.health.get("spool") or {}).get("rows")
    return badge(*condition(view, now_s)) + facts(
        [
            ("people", people),
            ("frames a second", "" if fps is None else f"{fps:.0f}"),
            ("profile", str(live.get("profile") or view.privacy.get("profile") or "")),
            ("version", str(view.health.get("software") or "")),
            ("temperature", "" if temp_c is None else f"{temp_c:.0f} °C"),
            ("messages waiting", str(waiting) if waiting else ""),
        ]
    )


def verdict(view: DeviceView) -> str:
    """Return what can be said of the room now: muted, waiting for time, or judged."""
    if view.muted:
        return tag("p", f"Muted by {text(muted_by(view.privacy))}. The camera is closed.", class_="lead")
    waits = countdown(view)
    if not view.live:
        return tag("p", "No live values.", class_="lead")
    if waits:
        return tag("p", text(waits), class_="lead") + _progress(view)
    state = str(view.live.get("state", "insufficient"))
    mark, words = judgement(view.live)
    lead = tag(
        "p", "The room: ", tag("span", f"{mark} {text(words)}", class_=f"state {state}"), class_="lead"
    )
    return lead + evidence(view.live.get("evidence"))


def _progress(view: DeviceView) -> str:
    if len(view.people) < 2:
        return ""
    done_s = min(together(view), NEEDED_S)
    return tag(
        "progress",
        value=f"{done_s:.0f}",
        max=f"{NEEDED_S:.0f}",
        aria_label="time together until the first verdict",
    )


def evidence(bans: float | None) -> str:
    """Return evidence as words, a bar and a number; the tick stands at 20 to 1."""
    if bans is None:
        return ""
    share = min(max(bans, 0.0), MOST) / MOST
    bar = tag(
        "span",
        tag("span", class_="fill", style=f"width:{share:.0%}"),
        tag("span", class_="tick", style=f"left:{SURE / MOST:.0%}"),
        class_="bar",
        aria_hidden="true",
    )
    return tag(
        "span", bar, tag("span", text(evidence_words(bans))), tag("b", f"{bans:+.1f}"), class_="evidence"
    )


def pairs(view: DeviceView) -> str:
    """Return who follows whom, the surest first; why not, where the profile shows no pairs."""
    shown = None if view.muted else view.live.get("pairs")
    if shown is None:
        return "" if view.muted or not view.live else tag("p", text(_closed(view)), class_="note")
    if not shown:
        return tag("p", "Needs two people.", class_="note")
    ordered = sorted(shown, key=lambda one: (one.get("state") != "above", -(one.get("evidence") or -9.0)))
    return tag("ul", *(_pair(one) for one in ordered), class_="pairs")


def _pair(one: Json) -> str:
    state = str(one.get("state", "insufficient"))
    mark, words = judgement(one)
    i, j = one["pair"]
    found = state in {"above", "below"}
    who = (
        follows([i, j], one.get("lag_s"), decided=one.get("leader") is not None) if found else f"{i} and {j}"
    )
    verdict = tag("span", f"{mark} {text(words)}", class_=f"state {state}")
    more = tag("span", text(_numbers(one)), class_="note") if found else ""
    proof = "" if state == "insufficient" else evidence(one.get("evidence"))
    return tag("li", tag("span", text(who), class_="who"), verdict, proof, more)


def _numbers(one: Json) -> str:
    low, high = one.get("lag_low_s"), one.get("lag_high_s")
    lags = [abs(end) for end in (low, high) if end is not None]
    lag = "" if low is None or high is None else f"lag between {min(lags):.2f} and {max(lags):.2f} s; "
    coverage = one.get("coverage")
    seen = "" if coverage is None else f"; measurable {coverage:.0%} of the time"
    return f"{lag}z {number(one.get('z'), '+.1f')}, p {number(one.get('p'), '.3f')}{seen}"


def _closed(view: DeviceView) -> str:
    profile = view.live.get("profile", "unknown")
    if view.count < 3:
        return f"Profile {profile}: nothing but the number of people is published of fewer than three."
    return f"Profile {profile}: pairs are published only during a booking with consent."


def missing(view: DeviceView) -> str:
    """Return why time was not measurable, of everybody and where it is shown of each person."""
    if view.muted:
        return ""
    seen = view.summary.get("seen") or []
    people = [(f"person {one['id']}", missing_words(one.get("missing") or {})) for one in seen]
    everybody = ("everybody", missing_words(view.health.get("missing") or {}))
    return facts([everybody, *people]) or tag("p", "Everything was measurable lately.", class_="note")


def happenings(view: DeviceView, zone: tzinfo | None) -> str:
    """Return what happened last, newest first."""
    rows = [
        tag("li", tag("span", local(one.time, zone) or text(one.when), class_="note"), " ", text(one.words))
        for one in list(view.happenings)[: -SHOWN - 1 : -1]
    ]
    return tag("ol", *rows, class_="happenings") if rows else tag("p", "Nothing yet.", class_="note")
