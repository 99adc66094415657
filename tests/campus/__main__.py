"""`make campus`: what the campus must show; `python -m tests.campus single --rooms 200` runs one case.

Programs are those on the PATH, or of a root of Debian 13: CAMPUS_ROOT=/srv/trixie. A case whose programs are
not there is left out and named.
"""

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

from tests.campus import rows
from tests.campus.alerts import alerts
from tests.campus.cluster import cluster
from tests.campus.engines import POSTGRES, RABBIT, ROOT, Postgres, checked, has
from tests.campus.network import lacking
from tests.campus.partition import partition
from tests.campus.patroni import patroni
from tests.campus.single import single

RUNS = {"single": single, "cluster": cluster, "partition": partition, "patroni": patroni}
CASES = ("configs", "rows", "alerts", "single", "cluster", "partition", "patroni")

_CLUSTER = (("aio_pika", "psycopg"), (f"{RABBIT}/rabbitmq-server", f"{POSTGRES}/postgres"))
NEEDS = {
    "cluster": _CLUSTER,
    "partition": _CLUSTER,
    "patroni": (("psycopg",), (f"{POSTGRES}/postgres", "patroni", "etcd")),
}
"""Packages and programs."""


def main(argv=None):
    """Run the cases; 1 if a result is lost or there twice, a bar missed or a file refused."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--interval-s", type=float, default=10.0)
    parser.add_argument("--steady-s", type=float, default=60.0)
    parser.add_argument("--pause-s", type=float, default=15.0)
    parser.add_argument("--rush-s", type=float, default=0.0, help="of `cluster` at six times the pace")
    args = parser.parse_args(argv)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="campus-") as folder:
        for case in args.cases:
            if absent := missing(case):
                print(f"{case}: left out: {absent}")
            elif case == "configs":
                failed += configs()
            elif case == "alerts":
                told(alerts(Path(folder) / case))
            elif case == "rows":
                failed += million(Path(folder))
            else:
                names = ("rooms", "interval_s", "steady_s", "pause_s", "rush_s")
                lengths = {name: getattr(args, name) for name in names}
                failed += printed(case, RUNS[case](Path(folder) / case, **lengths))
    return int(failed > 0)


def missing(case):
    """Return what a case lacks here."""
    if case == "alerts":
        return ", ".join(f"no {name}" for name in ("prometheus", "prometheus-alertmanager") if not has(name))
    if case not in NEEDS:
        return ""
    if case == "partition" and lacking():
        return lacking()
    if case == "patroni" and not Path(f"{ROOT}/dev/shm").stat().st_mode & 0o002:
        return f"no shared memory: mount -t tmpfs tmpfs {ROOT}/dev/shm"
    packages, programs = NEEDS[case]
    absent = [name for name in packages if importlib.util.find_spec(name) is None]
    return ", ".join(f"no {name}" for name in (*absent, *(name for name in programs if not has(name))))


def configs():
    """Print the verdict of each program on the shipped files; return how many were refused."""
    found = checked()
    print("| file | program | verdict |\n|---|---|---|")
    for row in found:
        print("| {} | {} | {} |".format(*row))
    return sum(not verdict.startswith(("ok", "not checked")) for _, _, verdict in found)


def told(found):
    """Print how long each alert took."""
    print("| alert | fired after, s | resolved after, s |\n|---|---|---|")
    for name, fired_s in found["fired"].items():
        print(f"| {name} | {fired_s:.0f} | {found['resolved'][name]:.0f} |")


def million(folder):
    """Print how long an operator waits with a million results, in each store that is here."""
    failed = rows.main(["--store", f"sqlite:///{folder}/rows.sqlite"])
    if has(f"{POSTGRES}/postgres") and importlib.util.find_spec("psycopg"):
        postgres = Postgres()
        failed += rows.main(["--store", postgres.url])
        postgres.close()
    return failed


def printed(case, figures):
    """Print the figures of a run; return whether something is lost, missing or there twice."""
    print(f"| {case} | |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:.3g} |" if isinstance(value, float) else f"| {name} | {value} |")
    return bool(figures["lost"] or figures["duplicates"] or figures["gaps"])


if __name__ == "__main__":
    sys.exit(main())
