"""Mutated tables whose numbers are known: `python -m tests.signals.tables_fuzz N SEED`.

Every table is read to the numbers that were written, or refused in one line; never to others, never for long.
"""

import math
import signal
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import edge

LONGEST_S = 10
MISSING = ("NA", "NaN", "nan", "N/A", "", "NULL", "-", "1.#QNAN", "#N/A", "None", ".", "-nan(ind)")
JUNK = ("two", "1,2.3", "1.2.3", "0x10", "1_000", "inf", "1e999", "TRUE", "--5", "12:30", "5 5")
CODES = ("-99", "-999", "-9999", "-888", "-32768", "-77777")
KINDS = {
    "plain": (("t_s", "person"), ("motion", "energy")),
    "units": (("time", "subject"), ("AU12", "AU04", "AU25")),
    "openface": (("timestamp", "face_id"), ("AU06_r", "AU12_r", "AU25_r")),
}


class Written:
    """A table in the making: its cells, how it is to be written, and the numbers that are in it."""

    def __init__(self, rng):
        self.rng = rng
        self.kind = str(rng.choice(list(KINDS)))
        names, channels = KINDS[self.kind]
        n, rate = int(rng.integers(12, 60)), int(rng.choice([5, 10, 25, 30, 60]))
        self.people = [str(one) for one in rng.choice(90, int(rng.integers(1, 4)), replace=False)]
        self.header = [*names, *channels]
        self.channels = channels
        self.rows = [
            [f"{k / rate:.4f}", who, *(f"{one:.3f}" for one in rng.standard_normal(len(channels)))]
            for k in range(n)
            for who in self.people
        ]
        self.delimiter, self.decimal, self.end, self.encoding = ",", ".", "\n", "utf-8"
        self.quoted, self.minus, self.group, self.percent = False, "-", "", ""
        self.cut = ""

    def truth(self):
        """Return the numbers by person, time and channel."""
        units = {name: name.removesuffix("_r") for name in self.channels}
        at = {name: self.header.index(name) for name in self.channels}
        return {
            (row[1], round(float(row[0]), 4), units[name]): number(row[k])
            for row in self.rows
            for name, k in at.items()
        }

    def text(self):
        """Return the file."""
        lines = [self.delimiter.join(self.cell(one) for one in row) for row in [self.header, *self.rows]]
        return (self.end.join(lines) + self.end + self.cut).encode(self.encoding)

    def cell(self, one):
        """Write one cell."""
        if number(one) == number(one):
            one = self.marked(one).replace("-", self.minus)
        if self.encoding == "cp1252":  # which has neither the minus of print nor a narrow blank
            one = one.replace("\u2212", "-").replace("\u202f", "'")
        return f'"{one}"' if self.quoted or self.delimiter in one else one

    def marked(self, one):
        """Write a number with its marks of thousands and decimals."""
        whole, point, rest = one.partition(".")
        whole = f"{int(whole):,}".replace(",", self.group) if self.group and whole.isdigit() else whole
        return whole + point.replace(".", self.decimal) + rest


def number(cell):
    """Return what a cell holds, NaN where nothing or a code for it."""
    try:
        return math.nan if cell in CODES else float(cell.strip("%")) / (100 if "%" in cell else 1)
    except ValueError:
        return math.nan


def separated(table):
    """Separate with something else."""
    table.delimiter = str(table.rng.choice([";", "\t", " ", "|"]))
    if table.delimiter == " ":
        table.rows = [[one or "NA" for one in row] for row in table.rows]
    elif table.rng.random() < 0.5:
        table.decimal = ","


def encoded(table):
    """Write another encoding, line end, or quotes."""
    table.encoding = str(table.rng.choice(["utf-8-sig", "utf-16", "cp1252"]))
    table.end = str(table.rng.choice(["\n", "\r\n"]))
    table.quoted = bool(table.rng.random() < 0.3)


def with_missing(table):
    """Write cells as missing, in any spelling."""
    for row in table.rows:
        if table.rng.random() < 0.2:
            row[2 + int(table.rng.integers(len(table.channels)))] = str(table.rng.choice(MISSING))
    if table.delimiter == " ":
        table.rows = [[one or "NA" for one in row] for row in table.rows]


def coded(table):
    """Write cells as missing with a number that no signal has."""
    code = str(table.rng.choice(CODES))
    for row in table.rows:
        if table.rng.random() < 0.2:
            row[2 + int(table.rng.integers(len(table.channels)))] = code


def in_percent(table):
    """Write a column in percent."""
    k = 2 + int(table.rng.integers(len(table.channels)))
    for row in table.rows:
        if number(row[k]) == number(row[k]):
            row[k] = f"{100 * number(row[k]):.1f}%"


def printed(table):
    """Write the minus of print."""
    table.minus = "\u2212"


def grouped(table):
    """Write larger numbers with separators of thousands, also where there are no decimals."""
    table.group = str(table.rng.choice([",", "'", "\u202f", "\u2019", "."]))
    if table.group == table.decimal:
        table.group = "," if table.decimal == "." else "."
    digits = int(table.rng.integers(4))
    k = 2 + int(table.rng.integers(len(table.channels)))
    for row in table.rows:
        if number(row[k]) == number(row[k]) and "%" not in row[k]:
            row[k] = f"{5000 * abs(number(row[k])):.{digits}f}"


def in_blocks(table):
    """Write one person after the other."""
    table.rows.sort(key=lambda row: row[1])


def doubled(table):
    """Write a row twice."""
    k = int(table.rng.integers(len(table.rows)))
    table.rows.insert(k, list(table.rows[k]))


def numbered(table):
    """Put row numbers or frames in front."""
    first = int(table.rng.integers(2))
    table.header.insert(0, str(table.rng.choice(["", "row", "frame", "Unnamed: 0", "X"])))
    table.rows = [[str(k + first), *row] for k, row in enumerate(table.rows)]


def columns_turned(table):
    """Write the columns in another order."""
    order = table.rng.permutation(len(table.header))
    table.header = [table.header[k] for k in order]
    table.rows = [[row[k] for k in order] for row in table.rows]


def texts(table):
    """Add columns of text and of yes and no."""
    table.header += ["file", "success"]
    table.rows = [[*row, "film.mp4", "TRUE"] for row in table.rows]


def labels(table):
    """Return the names that `named` gives."""
    return {who: f"Müller, {who}" if k else "Eva" for k, who in enumerate(table.people)}


def named(table):
    """Give people names."""
    for row in table.rows:
        row[1] = labels(table)[row[1]]


def in_milliseconds(table):
    """Write milliseconds, under a name that says it, or not."""
    table.header[0] = str(table.rng.choice(["timestamp_ms", "t_s", "time"]))
    table.rows = [[f"{float(row[0]) * 1000:.1f}", *row[1:]] for row in table.rows]


def header_cut(table):
    """Lose one name of the header."""
    del table.header[int(table.rng.integers(len(table.header)))]


def header_gone(table):
    """Lose the header."""
    table.header, table.rows = table.rows[0], table.rows[1:]


def cell_lost(table):
    """Lose one cell."""
    row = table.rows[int(table.rng.integers(len(table.rows)))]
    del row[int(table.rng.integers(len(row)))]


def cell_spoilt(table):
    """Write something else into one cell."""
    row = table.rows[int(table.rng.integers(len(table.rows)))]
    row[int(table.rng.integers(len(row)))] = str(table.rng.choice(JUNK))


def cut_off(table):
    """Stop in the middle of a line."""
    table.cut = table.delimiter.join(map(table.cell, table.rows[-1][:-1]))


def name_twice(table):
    """Give two columns one name."""
    table.header[-1] = table.header[-2]


SAME = (separated, encoded, coded, with_missing, in_percent, printed, in_blocks, doubled)
"""Mutations that leave every number where it can be found."""
LATER = (numbered, columns_turned, texts, named, in_milliseconds)
"""The same; the cells are in other places afterwards."""
WRONG = (header_cut, header_gone, cell_lost, cell_spoilt, cut_off, name_twice)
"""Mutations that lose or spoil something: what can still be read must be right."""


def mutated(rng):
    """Return a file, the numbers that were written, and what was done."""
    table = Written(rng)
    done = [one for one in SAME if rng.random() < 0.3] + [grouped] * (rng.random() < 0.1)
    for one in done:
        one(table)
    truth = table.truth()
    after = [one for one in LATER if rng.random() < 0.25]
    if named in after:
        truth = {(labels(table)[who], t_s, name): value for (who, t_s, name), value in truth.items()}
    for one in sorted(after, key=(named, in_milliseconds, texts, columns_turned, numbered).index):
        one(table)
    wrong = [WRONG[int(rng.integers(len(WRONG)))]] if rng.random() < 0.4 else []
    for one in wrong:
        one(table)
    return table.text(), truth, [one.__name__ for one in (*done, *after, *wrong)]


def verdict(path, truth):
    """Read a file: `refused`, `right`, or what is wrong."""
    try:
        with alarm(LONGEST_S):
            table = edge.read(path)
    except edge.EdgeError as error:
        return "refused" if len(str(error).splitlines()) == 1 and len(str(error)) < 400 else f"long: {error}"
    rows = [
        (table.label(int(person)), round(float(t_s), 4))
        for person, t_s in zip(table.person, table.t_s, strict=True)
    ]
    found = {
        (*row, name): float(table.values[k, column])
        for k, row in enumerate(rows)
        for column, name in enumerate(table.channels)
    }
    odd = [key for key, value in found.items() if key not in truth or not same(truth[key], value)]
    if odd:
        return f"wrong: {odd[0]} is {found[odd[0]]}, not {truth.get(odd[0])}"
    lost = {key[:2] for key in truth} - set(rows)
    said = any("left out" in note for note in table.notes)
    return "right" if not lost or said else f"lost: {sorted(lost)[:3]}"


def same(one, other):
    """Whether two numbers, or two that are missing, are the same."""
    return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))


@contextmanager
def alarm(seconds):
    """Raise TimeoutError in a block that takes longer."""

    def ring(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def rounds(n, seed, folder):
    """Yield seed, what was done, and the verdict of n tables."""
    path = Path(folder) / "table.csv"
    for k in range(n):
        data, truth, done = mutated(np.random.default_rng((seed, k)))
        path.write_bytes(data)
        yield k, done, verdict(path, truth)


def main():
    """Run n tables and print what came; 1 if one was read wrong."""
    n, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    counts, bad = Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for k, done, came in rounds(n, seed, folder):
            counts[came.split(":")[0]] += 1
            if came not in {"right", "refused"}:
                bad += 1
                print(f"{seed}.{k} {'+'.join(done)}: {came}")
    print(f"{n} tables: {dict(counts)}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
