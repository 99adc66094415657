"""Power cuts on the real system calls: what strace saw a process write is replayed up to a cut.

At the cut every file is what was synced of it plus any part of what was not: each unsynced 512-byte sector
came to the disk or did not, in any order, and each name that was made, moved or removed without a sync of
its folder did so or not, in the order asked for. The shared-memory index may hold anything.
"""

import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from edge.config.sections import PrivacySection
from edge.privacy import PrivacyState
from edge.publish.durable.row import EVENT
from edge.publish.durable.spool import Spool
from edge.records import Command
from tests.chaos.power import SECTOR, row

SPOOL, MARKS = "spool.sqlite", "marks"
PER_COMMIT, DELETED = 5, 3
CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,unlink,ftruncate"
LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
AT = re.compile(r"<([^>]*)>")


def writer(folder, commits):
    """Commit, delete and mute; mark in a file when each begins and when it has returned."""
    spool, privacy = Spool(folder / SPOOL), PrivacyState(PrivacySection(), folder, 1e9)
    with (folder / MARKS).open("wb", buffering=0) as marks:
        for commit, (new, done) in enumerate(_plan(commits)):
            marks.write(b"b%d" % commit)
            spool.commit([row(n) for n in new], [row(n).key for n in done])
            privacy.handle(Command(kind="privacy", body=_request(commit)), 1e9)
            marks.write(b"e%d" % commit)
    spool.close()


def _plan(commits):
    """Yield the numbers of the rows that each commit adds and deletes."""
    alive = []
    for commit in range(commits):
        new = list(range(commit * PER_COMMIT + 1, (commit + 1) * PER_COMMIT + 1))
        done = alive[:DELETED] if commit % 2 else []
        alive = alive[len(done) :] + new
        yield new, done


def _request(commit):
    return {"on": commit % 2 == 0, "by": str(commit), "until_s": None}


def trace(folder, commits):
    """Run the writer under strace; return its calls as (name, file, other file or bytes, offset)."""
    state, log = folder / "traced", folder / "calls"
    state.mkdir(parents=True)
    program = [sys.executable, "-m", "tests.chaos.crash", str(state), str(commits)]
    strace = ["strace", "-f", "-y", "-xx", "-s", "200000", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run([*strace, *program], check=True)
    calls, positions = [], {}
    for line in log.read_text().splitlines():
        call = _call(line, state, positions)
        if call is not None:
            calls.append(call)
    return calls


def _call(line, state, positions):
    """Return one line of the log as a call on a file of the folder; None for any other."""
    match = LINE.match(line)
    if match is None or int(match[3]) < 0:
        return None
    name, text = match[1], match[2]
    names = [bytes.fromhex(one.replace("\\x", "")) for one in QUOTED.findall(text)]
    handle = AT.search(text)
    by_name = name in {"openat", "rename", "unlink"}
    path = names[0].decode() if by_name else _path(handle[1] if handle else "")
    if not path.startswith(str(state)) or (name == "openat" and "O_CREAT" not in text):
        return None
    return _parsed(name, path[len(str(state)) + 1 :], text, names, positions)


def _parsed(name, file, text, names, positions):
    if name == "openat":
        positions[file] = 0
        return name, file, "O_TRUNC" in text, 0
    if name == "rename":
        return name, file, Path(names[1].decode()).name, 0
    if name == "write":
        at = positions.get(file, 0)
        positions[file] = at + len(names[0])
        return name, file, names[0], at
    last = text.rsplit(", ", 1)[-1]
    if name == "pwrite64":
        return "write", file, names[0], int(last)
    return name, file, None, int(last) if name == "ftruncate" else 0


def _path(text):
    """Return a path that strace wrote in hex, as it does with -xx, or in the clear."""
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


@dataclass
class Disk:
    """Files by their content that is certain and the changes that may or may not be there."""

    files: dict = field(default_factory=dict)
    """By number: [certain bytes, unsynced changes (offset, bytes) or (length, None)]."""
    names: dict = field(default_factory=dict)
    """Certain names of files."""
    moves: list = field(default_factory=list)
    """Changes of names since the folder was synced: (name, file number or None)."""

    def apply(self, call):
        """Take one call."""
        name, file, more, at = call
        now = self._now()
        if name == "openat" and file not in now:
            number = len(self.files)
            self.files[number] = [b"", []]
            self.moves.append((file, number))
        elif name == "openat" and more:
            self.files[now[file]][1].append((0, None))
        elif name == "write" and file in now:
            self.files[now[file]][1].append((at, more))
        elif name == "ftruncate" and file in now:
            self.files[now[file]][1].append((at, None))
        elif name in {"fsync", "fdatasync"}:
            self._sync(file, now)
        elif name == "rename":
            self.moves += [(more, now[file]), (file, None)]
        elif name == "unlink":
            self.moves.append((file, None))

    def cut(self, rng):
        """Return the files that may be found after the power went, by name."""
        names = self.names | dict(self.moves[: rng.randint(0, len(self.moves))])
        share = rng.choice((0.0, 0.3, 0.7, 1.0))
        return {
            name: self._content(number, rng, share) for name, number in names.items() if number is not None
        }

    def _now(self):
        names = self.names | dict(self.moves)
        return {name: number for name, number in names.items() if number is not None}

    def _sync(self, file, now):
        if not file:  # the folder itself
            self.names, self.moves = now, []
        elif file in now:
            number = now[file]
            self.files[number] = [self._content(number, None, 1.0), []]
            made = [move for move in self.moves if move[1] == number][:1]  # a synced file has its first name
            self.names |= dict(made)

    def _content(self, number, rng, share):
        certain, changes = self.files[number]
        image = bytearray(certain)
        for at, data in changes:
            if data is None:
                if share == 1.0 or rng.random() < share:
                    del image[at:]
                    image.extend(bytes(at - len(image)))
                continue
            for begin in range(0, len(data), SECTOR):
                if share == 1.0 or rng.random() < share:
                    piece = data[begin : begin + SECTOR]
                    image.extend(bytes(max(0, at + begin - len(image))))
                    image[at + begin : at + begin + len(piece)] = piece
        return bytes(image)


def cuts(folder, *, commits, each, step=1, seed=6):
    """Cut the power after every `step`-th call, `each` times; return what was lost. A boot must succeed."""
    if not shutil.which("strace"):
        return {"skipped": "needs strace"}
    folder = Path(folder)
    calls, plan = trace(folder, commits), list(_plan(commits))
    rng, disk, seen = random.Random(seed), Disk(), Seen(plan)
    figures = {"calls": len(calls), "cuts": 0, "lost_synced_rows": 0, "out_of_order": 0, "lost_mutes": 0}
    for number, call in enumerate(calls):
        if call[1] == MARKS and call[0] == "write":
            seen.mark(call[2].decode())
        elif call[1] != MARKS:
            disk.apply(call)
        for _ in range(each if number % step == 0 and seen.began else 0):
            found, muted = _boot(folder / "cut", disk.cut(rng), rng)
            figures["cuts"] += 1
            figures["lost_synced_rows"] += bool(seen.must - set(found))
            figures["out_of_order"] += found != sorted(found)
            figures["lost_mutes"] += seen.muted and not muted
    return figures


class Seen:
    """What the marks tell: the rows that must be there, and whether the device must be muted."""

    def __init__(self, plan):
        self._plan, self.must, self.muted, self.began = plan, set(), False, False

    def mark(self, word):
        """Take a mark: what a commit deletes may go from its begin, what it adds must stay from its end."""
        commit = int(word[1:])
        new, done = self._plan[commit]
        self.began = True
        if word[0] == "b":
            self.must -= set(done)
            self.muted = False
        else:
            self.must |= set(new)
            self.muted = _request(commit)["on"]


def _boot(folder, images, rng):
    """Start on what the cut left; return the rows found and whether the device is muted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, image in images.items():
        (folder / name).write_bytes(rng.randbytes(len(image)) if name.endswith("-shm") else image)
    spool = Spool(folder / SPOOL)
    found = [one.n for one in spool.head(EVENT, 100_000)]
    spool.close()
    return found, PrivacyState(PrivacySection(), folder, 1e9).muted


if __name__ == "__main__":
    writer(Path(sys.argv[1]), int(sys.argv[2]))
