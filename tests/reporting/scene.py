"""Recordings of a scene whose second person smiles .7 s after the first: as lines, as results."""

import re
from pathlib import Path

import numpy as np

from edge.cli import main
from edge.stage import simulate

SCRIPT = Path("firmware_configs/stage/planted.yaml")
LEFT_PX = (100.0, 420.0, 740.0)
NOISE_CM, FULL_CM = 0.02, 1.0
CHANNELS = ("AU12", "AU45")


def table(path, seed=0, seconds=300.0, rate_hz=15.0):
    """Write what `signals` would of the scene, without rendering it: places, smiles and blinks."""
    script = path.with_suffix(".yaml")
    script.write_text(re.sub(r"(?m)^seed: \d+", f"seed: {seed}", SCRIPT.read_text(encoding="utf-8")))
    truth, rng = simulate(script), np.random.default_rng(seed)
    step = round(truth.rate_hz / rate_hz)
    rows = ["t_s,person,x_px,y_px,w_px,h_px,presence,yaw_deg,pitch_deg,roll_deg," + ",".join(CHANNELS)]
    at = [truth.channels.index(name) for name in CHANNELS]
    for k in range(0, min(truth.amplitude.shape[2], round(seconds * truth.rate_hz)), step):
        for person, left in enumerate(LEFT_PX):
            moved = FULL_CM * truth.amplitude[person, at, k] + rng.normal(0, NOISE_CM, len(at))
            place = f"{k / truth.rate_hz:.4f},{(3, 1, 2)[person]},{left:g},90,100,120,1,0,0,0"
            rows.append(",".join([place, *(f"{value:.4f}" for value in moved)]))
    path.write_text("\n".join(rows) + "\n")
    return path


def lines(path, out, *words):
    """Replay a table into a recording."""
    assert main(["replay", str(path), "--frames", "--out", str(out), *words]) == 0
    return out


def results(path, out, *words):
    """Measure a table into results."""
    assert main(["measure", str(path), "--out", str(out), *words]) == 0
    return out
