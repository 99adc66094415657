"""Payloads as a device sends them, for the screens of the tests; numbers made by formula."""

import math

CHANNELS = ("AU01", "AU02", "AU12")


def pair(i, j, state, lag_s=None, z=None):
    """Content of one pair."""
    value = None if z is None else round(0.02 + 0.05 * z, 4)
    return {
        "pair": [i, j],
        "lag_s": lag_s,
        "r": None if value is None else round(math.tanh(value), 4),
        "z": z,
        "value": value,
        "null": None if z is None else {"mu": 0.02, "sd": 0.05},
        "p": None if z is None else 0.004,
        "n": 190,
        "coverage": 0.97,
        "confidence": 1.0,
        "state": state,
    }


def live(t_s, ids=(3, 7, 12), profile="research", pairs=None, **changes):
    """One live payload at a time of the recording; person k smiles 0.7 s after person k-1."""
    people = [
        {
            "id": one,
            "signals": {
                "AU12": round(9 * max(0.0, math.sin((t_s - 0.7 * k) * 0.7)) ** 6, 4),
                "AU01": round(4 * max(0.0, math.sin(t_s * 0.45 + one)) ** 8, 4),
                "AU02": round(3 * max(0.0, math.sin(t_s * 0.45 + one)) ** 8, 4),
            },
            "yaw_deg": -12.0 + 11 * k,
            "canthus_px": 64.0 + k,
        }
        for k, one in enumerate(ids)
    ]
    if pairs is None:
        pairs = [
            pair(i, j, "above", 0.7, 8.1) if (i, j) == (3, 7) else pair(i, j, "at_chance", -0.3, 0.4)
            for a, i in enumerate(ids)
            for j in ids[a + 1 :]
        ]
    return {
        "v": 1,
        "time": f"2026-11-22T21:{30 + int(t_s) // 60:02d}:{int(t_s) % 60:02d}.412Z",
        "t_s": t_s,
        "profile": profile,
        "count": len(ids),
        "index": 0.71,
        "null": {"mu": 0.02, "sd": 0.05},
        "p": 0.004,
        "n": 190,
        "coverage": 0.97,
        "confidence": 1.0,
        "state": "above",
        "active_pairs": 1,
        "pairs": pairs,
        "people": people,
        "movements": [],
        "fps": 29.8,
        "stage_ms": {"faces": 2.1, "mesh": 14.2, "expression": 0.8, "mimicry": 0.4, "frame": 17.6},
    } | changes


def curved(pairs):
    """Return the summary of pairs with their lag profiles, which have a top at .8 s where one is above."""
    noise = [0.02 * math.sin(k) for k in range(21)]
    top = [0.3 * math.exp(-(((0.2 * k - 2.75) / 0.4) ** 2)) for k in range(21)]
    curve = {"first_s": -2.0, "step_s": 0.2, "mu": 0.0123, "sd": 0.0412}
    profiles = [
        curve
        | {
            "pair": one["pair"],
            "z": [round(a + (one["state"] == "above") * b, 2) for a, b in zip(noise, top, strict=True)],
        }
        for one in pairs or []
    ]
    return {"t_s": 1.0, "pairs": pairs, "lag_profiles": profiles}


def movement(person, channel, onset_s, offset_s):
    """One movement of one person."""
    return {
        "person": person,
        "channel": channel,
        "onset_s": onset_s,
        "apex_s": (onset_s + offset_s) / 2,
        "offset_s": offset_s,
        "amplitude": 8.0,
        "brief": offset_s - onset_s <= 0.5,
    }


def episode(kind, t_s, tracks=(3, 7), leader=3):
    """One event payload."""
    return {
        "type": kind,
        "id": "000001",
        "t_s": t_s,
        "time": f"2026-11-22T21:30:{int(t_s) % 60:02d}.000Z",
        "tracks": list(tracks),
        "leader": leader,
        "lag_ms": 700,
        "p": 0.004,
        "state": "above",
    }


HEALTH = {
    "mode": "run",
    "camera": {"state": "ok", "fps": 29.8, "frame_age_ms": 17, "dropped": 12, "restarts": 1},
    "spool": {"rows": 0},
    "sys": {"temp_c": 61.2, "rss_mb": 212.0},
}


def meeting(view, seconds=60, ids=(3, 7, 12), rate_hz=5, **changes):
    """Feed a view with a meeting; return the time of the last payload."""
    view.device = "mimicry-2f26"
    view.update("availability", {"state": "online"}, 0.0)
    view.update("health", HEALTH, 0.0)
    for k in range(seconds * rate_hz):
        t_s = k / rate_hz
        moves = [movement(7, "AU12", t_s - 1.2, t_s)] if k % 45 == 20 else []
        moves += [movement(12, "AU01", t_s - 0.3, t_s)] if k % 70 == 30 else []
        view.update("live", live(t_s, ids, movements=moves, **changes), t_s)
        if k in {150, 200}:
            view.update("event", episode("start" if k == 150 else "update", t_s), t_s)
    return t_s
