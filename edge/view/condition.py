"""What a device is doing, as one mark and some words: the gravest that holds."""

from edge.view.model import DeviceView

STALE_S = 5.0
"""Without a live payload for this long what is shown is old."""


def condition(view: DeviceView, now_s: float) -> tuple[str, str, str]:
    """Return mark, words and how grave it is: `bad`, `warn`, `dim` or `good`."""
    age_s, camera = view.age_s(now_s), (view.health.get("camera") or {}).get("state")
    word = view.health.get("condition")
    quiet = "no live data" + ("" if age_s is None else f" for {age_s:.0f} s")
    found = [
        (bool(view.trouble), "✖", view.trouble, "bad"),
        (view.availability in {"offline", "stopped"}, "✖", view.availability, "bad"),
        (view.muted, "■", "muted", "warn"),
        (view.availability == "deaf", "!", "deaf: hears no request", "bad"),
        (view.heard == 0, "○", "waiting", "dim"),
        (camera == "stalled", "!", "camera stalled", "bad"),
        (view.health.get("mode") in {"safe", "degraded"}, "!", str(view.health.get("mode")), "bad"),
        (age_s is None or age_s > STALE_S, "○", quiet, "warn"),
        (word == "unmeasurable", "◌", str(view.health.get("why")), "warn"),
        (word == "nobody" and not view.count, "○", "nobody seen", "dim"),
        (True, "●", "measuring", "good"),
    ]
    return next((mark, words, grave) for holds, mark, words, grave in found if holds)
