"""SIGHUP and SIGTERM at any moment of a service's life, its first imports and its end too: none hangs it.

Most of the lives are forks of this process, which has imported everything, so that thousands take
minutes; they have no models. The others are whole processes that look at a stage.
"""

import os
import random
import signal
import subprocess
import sys
import time
import traceback

from edge.cli import main
from edge.pipeline.device import Device
from tests.pipeline.conftest import Running
from tests.publish.broker import Broker

AT_ONCE = 40  # a life mostly waits: for the broker, for its threads to end
LATEST_S, REAL_LATEST_S = 0.4, 6.0
HUNG_S = 40.0  # a stop may take 15 s
ENDS = {0, -signal.SIGTERM, -signal.SIGHUP}
"""Well, or by the signal itself: before there is anything to end, or to reload."""
assert Device  # imported here, not in every fork


def terminations(folder, *, rounds, real, seed=9):
    """Send every life up to three SIGHUP and one or two SIGTERM; count those that went on, or ended ill."""
    rng, ends = random.Random(seed), []
    (folder / "real").mkdir(parents=True)
    with Broker(folder / "broker") as broker:
        whole = Running(folder / "real", broker.port)
        for start in range(0, rounds, AT_ONCE):
            pids = [_fork(folder / str(k), broker.port) for k in range(min(AT_ONCE, rounds - start))]
            ends += _lives(pids, rng, LATEST_S)
        for _ in range(real):
            ends += _lives([_start(whole)], rng, REAL_LATEST_S)
        whole.close()
    return {"lives": len(ends), "hung": ends.count(None), "ended_ill": len(set(ends) - ENDS - {None})}


def _fork(folder, port):
    """Fork a service; return its process id."""
    folder.mkdir(exist_ok=True)
    (folder / "c.yaml").write_text(
        f"publish: {{host: 127.0.0.1, port: {port}, tls: false, device_id: dev-{folder.name}}}\n"
        f"service: {{state_dir: {folder}/state}}\ntflite: {{models: {folder}/none}}\n"
    )
    if pid := os.fork():
        return pid
    status = 1
    try:
        with (folder / "log").open("ab") as log:
            os.dup2(log.fileno(), 2)
        os.environ["RUNTIME_DIRECTORY"] = str(folder)
        sys.argv = ["mimicry-edge", "run", "--config", str(folder / "c.yaml")]
        status = main()
    except BaseException:  # whatever it is, a fork must not go on as its parent
        traceback.print_exc()
    os._exit(status)


def _start(device):
    """Start a whole process; return its process id."""
    environ = os.environ | {"RUNTIME_DIRECTORY": str(device.folder)}
    command = [sys.executable, "-m", "edge", "run", "--config", str(device.config)]
    with (device.folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environ, stderr=log).pid


def _lives(pids, rng, latest_s):
    """Send the signals; return how each ended, None for one that had to be killed."""
    moments = []
    for pid in pids:
        end_s = rng.uniform(0.0, latest_s)
        moments += [(rng.uniform(0.0, end_s), pid, signal.SIGHUP) for _ in range(rng.randrange(4))]
        moments += [
            (end_s + k * rng.uniform(0.0, 0.1), pid, signal.SIGTERM) for k in range(rng.choice((1, 1, 2)))
        ]
    start_s, ended = time.monotonic(), {}
    for at_s, pid, number in sorted(moments):
        time.sleep(max(0.0, start_s + at_s - time.monotonic()))
        if pid not in ended and not _reaped(pid, ended):
            os.kill(pid, number)
    until_s = time.monotonic() + HUNG_S
    while len(ended) < len(pids) and time.monotonic() < until_s:
        for pid in set(pids) - set(ended):
            _reaped(pid, ended)
        time.sleep(0.005)
    for pid in set(pids) - set(ended):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        ended[pid] = None
    return list(ended.values())


def _reaped(pid, ended):
    """Note how a process ended; return whether it has."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if found:
        ended[pid] = os.waitstatus_to_exitcode(status)
    return bool(found)
