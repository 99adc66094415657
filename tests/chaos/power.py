"""Power cuts: what the spool's files may look like when writes since the last sync were torn or reordered."""

import random
import shutil
from pathlib import Path

from edge.publish.durable.row import EVENT, Row
from edge.publish.durable.spool import Spool

SECTOR = 512
FILES = ("spool.sqlite", "spool.sqlite-wal")


def row(n, size=250):
    """Return a row of a plausible size."""
    body = b'{"id":"%08d","pad":"%s"}' % (n, b"x" * size)
    return Row(
        n=n, kind=EVENT, topic="a/b", body=body, boot="0123abcd", seq=n, wall_ns=n, mono_ns=n, synced=True
    )


def history(folder, commits, *, per_commit=5):
    """Commit and delete; return after each commit the files as synced and the rows that must survive."""
    folder.mkdir(parents=True, exist_ok=True)
    spool, alive, states = Spool(folder / FILES[0]), [], []
    for commit in range(commits):
        new = [row(commit * per_commit + k + 1) for k in range(per_commit)]
        done = alive[:3] if commit % 2 else []
        spool.commit(new, [one.key for one in done])
        alive = [one for one in alive if one not in done] + new
        images = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
        states.append((images, [one.n for one in alive]))
    spool.close()
    return states


def survivors(folder, images):
    """Open files found after a cut; return the numbers in them, and whether they had to be salvaged."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, image in images.items():
        (folder / name).write_bytes(image)
    spool = Spool(folder / FILES[0])
    found = [one.n for one in spool.head(EVENT, 100_000)]
    spool.close()
    return found, spool.salvaged is not None


def cuts(before, after, *, step, rng):
    """Yield file images between two syncs: the log cut at offsets, then sectors written in any order."""
    old, new = before.get(FILES[1], b""), after.get(FILES[1], b"")
    begin = next(
        (k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    for offset in range(begin, len(new) + 1, step):
        yield {FILES[0]: before[FILES[0]], FILES[1]: new[:offset] + old[offset:]}
    for _ in range(max(4, (len(new) - begin) // (SECTOR * 2))):
        yield {name: _torn(before.get(name, b""), after.get(name, b""), rng) for name in FILES}


def _torn(old, new, rng):
    """Return the new file with a random half of its changed sectors not yet written."""
    image = bytearray(new)
    for at in range(0, len(new), SECTOR):
        if new[at : at + SECTOR] != old[at : at + SECTOR] and rng.random() < 0.5:
            image[at : at + SECTOR] = old[at : at + SECTOR].ljust(len(new[at : at + SECTOR]), b"\0")
    return bytes(image)


def power_cut(folder, *, commits, last, step, seed=6):
    """Return how many cuts were tried and how many lost a synced row or could not be opened."""
    folder, rng = Path(folder), random.Random(seed)
    states = history(folder / "run", commits)
    tried = lost = salvaged = 0
    for (before, must), (after, may) in zip(states[-last - 1 : -1], states[-last:], strict=True):
        for images in cuts(before, after, step=step, rng=rng):
            found, healed = survivors(folder / "cut", images)
            tried, salvaged = tried + 1, salvaged + healed
            gone = set(must) & set(may) - set(found)
            lost += bool(gone) or found != sorted(found)
    return {"cuts": tried, "lost_synced_rows": lost, "salvaged": salvaged}


def corruption(folder, *, rows, hits, seed=6):
    """Overwrite random bytes of the file and cut its end; return what of the untouched rows is left."""
    folder, rng = Path(folder), random.Random(seed)
    spool = Spool(folder / FILES[0])
    written = [row(n) for n in range(1, rows + 1)]
    for at in range(0, rows, 50):
        spool.commit(written[at : at + 50], [])
    spool.close()
    image = bytearray((folder / FILES[0]).read_bytes())
    for _ in range(hits):
        image[rng.randrange(len(image))] ^= rng.randrange(1, 256)
    del image[len(image) - len(image) // 10 :]
    untouched = [one.n for one in written if one.pack() in image]
    found, healed = survivors(folder / "hit", {FILES[0]: bytes(image)})
    return {
        "rows": rows,
        "destroyed": rows - len(untouched),
        "untouched_lost": len(set(untouched) - set(found)),
        "salvaged": healed,
    }
