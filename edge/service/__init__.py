"""The service around the pipeline: what systemd, the journal, the board and the operator see.

Times come in as `now_s` (monotonic seconds) from the caller; only `Heartbeat` holds a clock, given to it.

    set_up_logging(level)                       journald priorities, repeats counted, stack on SIGABRT
    audit(words)                                one line in the system's journal
    become_owner(state_dir)                     root, by hand: go on as the user of the unit
    boot = boot_config(path, state_dir)         never bricks: .config, .problems, .safe (the last good one)
    notifier = Notifier()                       READY, STATUS, WATCHDOG, RELOADING, STOPPING
    supervisor = Supervisor(notifier, period_s) update(now_s, Progress) pings only while everything advances
    Heartbeat(supervisor, snapshot, clock, file) calls it from its own thread; file=runtime_file(PROGRESS)
    Ladder(runtime_file("restarts"))            gave_up(now_s) after a CameraError -> Step.EXIT or DEGRADE
    SystemProbe(state_dir).read(now_s, wall_s)  temperature, throttling, memory, disk, clock -> SystemHealth
    Governor().update(health)                   share of frames to drop while the board is too hot
    Alone(state_dir)                            no second service with the same state folder
    LocalControl(led_pin, button_pin, toggle)   light and button; does nothing when no pin is set
    reload_config(current, path)                validate, swap: .config, .restart_required, .problems
"""

from edge.service._alone import Alone
from edge.service._audit import audit
from edge.service._boot import Boot, LastGood, Reload, boot_config, reload_config
from edge.service._heartbeat import (
    FRESH_S,
    PROGRESS,
    Heartbeat,
    deafness,
    hub_troubles,
    progress_age_s,
    runtime_file,
)
from edge.service._ladder import Ladder, Step
from edge.service._local import Light, LocalControl, local_control
from edge.service._log import set_up_logging
from edge.service._notify import Notifier
from edge.service._owner import become_owner
from edge.service._supervisor import Progress, Supervisor
from edge.service._system import Governor, SystemHealth, SystemProbe, Trouble

__all__ = [
    "FRESH_S",
    "PROGRESS",
    "Alone",
    "Boot",
    "Governor",
    "Heartbeat",
    "Ladder",
    "LastGood",
    "Light",
    "LocalControl",
    "Notifier",
    "Progress",
    "Reload",
    "Step",
    "Supervisor",
    "SystemHealth",
    "SystemProbe",
    "Trouble",
    "audit",
    "become_owner",
    "boot_config",
    "deafness",
    "hub_troubles",
    "local_control",
    "progress_age_s",
    "reload_config",
    "runtime_file",
    "set_up_logging",
]
