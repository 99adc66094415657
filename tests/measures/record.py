"""Every number of the measures on fixed scenes: `python -m tests.measures.record` writes them again.

The scenes have what moves the measures: planted answers, shared occasions, brief movements, people who turn
away, look elsewhere or come late. What the numbers ought to be is for the oracles; here they may not change
unless somebody means it.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from tests.validate.drive import session
from tests.validate.simulate import CHANNELS, Script, simulate

RECORD = Path(__file__).with_name("record.json")
SCENES = {
    "three": Script(people=3, minutes=6.0, q=0.6, onsets_min=5.0, channels=("AU12", "AU01", "AU25"), seed=11),
    "brief": Script(
        people=2, minutes=8.0, q=0.7, onsets_min=9.0, brief=True, channels=("AU01", "AU12"), seed=12
    ),
    "smiles": Script(
        people=2, minutes=14.0, q=0.7, onsets_min=7.0, channels=("AU12", "AU04", "AU15", "AU10"), seed=14
    ),
    "shared": Script(people=4, minutes=5.0, q=0.3, shared_min=2.0, pairs=((0, 1), (2, 3)), seed=13),
}


def scene(script):
    """Simulate a session in which somebody is hidden for a while, looks away, and comes late."""
    one, rng = simulate(script), np.random.default_rng(script.seed)
    x, pose = one.x.copy(), one.pose.copy()
    x[0, :, 700:760] = np.nan
    x[1, rng.integers(x.shape[1]), 300:900] = np.nan
    x[:, :, rng.integers(0, x.shape[2], 60)] = np.nan
    x[-1, :, :250] = np.nan
    pose[0, 0] += np.where((one.t_s > 100) & (one.t_s < 140), 0.5, 0.0) + 0.05 * np.sin(one.t_s)
    pose[1, 1] += 0.1 * np.sin(one.t_s / 3)
    return replace(one, x=x, pose=pose)


def measured(name):
    """Return every result of a scene, as JSON has them, without the draws of its null."""
    results = [asdict(one) for one in session(scene(SCENES[name]), CHANNELS)]
    for one in results:
        (one["null"] or {}).pop("draws", None)
    return json.loads(json.dumps(results))


if __name__ == "__main__":
    RECORD.write_text(json.dumps({name: measured(name) for name in SCENES}, indent=1) + "\n")
