"""The meeting that `demo` renders: one person smiles, another follows 0.7 s later; the rest move alone."""

import json

from edge.plain import Json

PORTRAITS = ("astronaut", "hopper")
VARIANTS = ("plain", "plain", "mirror-blue", "mirror-green", "red", "grey")
LEADER, FOLLOWER = 0, 1
MARGIN = 0.16  # share of the frame's width left of the first and right of the last person


def scene(people: int, seconds: float, seed: int = 7, rate_hz: float = 30.0, *, lively: bool = False) -> str:
    """Return a stage script (YAML, by way of JSON) for this number of people.

    `lively`: the first moves twice as often and is followed each time, with the brows too.
    """
    script = {
        "size_px": [1280, 720],
        "rate_hz": rate_hz,
        "seconds": seconds,
        "seed": seed,
        "people": [_person(k, people) for k in range(people)],
        "behaviour": _lively(people) if lively else _behaviour(people),
    }
    return json.dumps(script, indent=1) + "\n"


def _person(k: int, people: int) -> Json:
    """Sit people side by side, in two rows from four on."""
    row, column = (k % 2, k // 2) if people > 3 else (0, k)
    columns = (people + 1) // 2 if people > 3 else people
    across = 0.5 if columns == 1 else MARGIN + (1 - 2 * MARGIN) * column / (columns - 1)
    return {
        "portrait": PORTRAITS[k % 2],
        "variant": VARIANTS[k],
        "position": [across, (0.26, 0.70)[row] if people > 3 else 0.42],
        "canthus_px": 75 if people > 3 else 105,
    }


def _behaviour(people: int) -> Json:
    own = [
        {"channels": ["AU12"], "per_minute": 5, "people": [k for k in range(people) if k != FOLLOWER]},
        {"channels": ["AU01", "AU02"], "per_minute": 3},
        {"channels": ["AU04"], "per_minute": 1.5},
        {"channels": ["AU25"], "per_minute": 4},
        {
            "channels": ["AU45"],
            "per_minute": 14,
            "onset_s": [0.07, 0.1],
            "hold_s": [0.0, 0.05],
            "offset_s": [0.1, 0.15],
        },
    ]
    planted = {
        "leader": LEADER,
        "follower": FOLLOWER,
        "channels": ["AU12"],
        "probability": 0.9,
        "delay_s": {"mean": 0.7, "sd": 0.1},
    }
    return {"own": own, "mimicry": [planted] if people > 1 else []}


def _lively(people: int) -> Json:
    """Return the same meeting with more to see."""
    found = _behaviour(people)
    smiles, brows = found["own"][:2]
    followed = [k for k in range(people) if k != FOLLOWER]
    found["own"][:2] = [smiles | {"per_minute": 10}, brows | {"per_minute": 6, "people": followed}]
    sure = {"probability": 1.0, "delay_s": {"mean": 0.7, "sd": 0.05}}
    found["mimicry"] = [
        one | sure | {"channels": names} for one in found["mimicry"] for names in (["AU12"], ["AU01", "AU02"])
    ]
    return found
