"""Run as the unit's main process by `boot.py`: tries what must be refused, then what must work."""

import ctypes
import mmap
import os
import socket
import sqlite3
import sys
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x00020000
SYS_PTRACE_ATTACH = 16


def _call(name, *arguments):
    """Call libc; raise OSError when it refuses."""
    if getattr(LIBC, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _write(path):
    Path(path).write_text("x")


def _suid():
    path = Path(os.environ["STATE_DIRECTORY"], "suid")
    path.write_text("x")
    try:
        path.chmod(0o4755)
    finally:
        path.unlink()


def _executable_memory():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _refuse():
    raise PermissionError(13, "hidden")


def _gains():
    if "NoNewPrivs:\t1" in Path("/proc/self/status").read_text():
        raise PermissionError(1, "NoNewPrivs is set")


REFUSED = {
    "write /etc": lambda: _write("/etc/mimicry-edge/x"),
    "write /usr": lambda: _write("/usr/x"),
    "write /opt": lambda: _write("/opt/mimicry-edge/x"),
    "write /var/lib": lambda: _write("/var/lib/x"),
    "write /home": lambda: _write("/home/x"),
    "list /root": lambda: list(Path("/root").iterdir()),
    "write /sys": lambda: _write("/sys/kernel/mm/ksm/run"),
    "write /proc/sys": lambda: _write("/proc/sys/kernel/hostname"),
    "read /proc/1": lambda: Path("/proc/1/cmdline").read_bytes() or _refuse(),
    "read other users' secrets": lambda: Path("/etc/shadow").read_bytes(),
    "open /dev/kmsg": lambda: os.open("/dev/kmsg", os.O_RDONLY),
    "open another device": lambda: os.open("/opt/other-device", os.O_RDWR),
    "make a device": lambda: os.mknod("/tmp/x", 0o20600, os.makedev(1, 1)),
    "become root": lambda: os.setuid(0),
    "set-uid file": _suid,
    "new user namespace": lambda: _call("unshare", CLONE_NEWUSER),
    "new mount namespace": lambda: _call("unshare", CLONE_NEWNS),
    "mount": lambda: _call("mount", b"none", b"/mnt", b"tmpfs", 0, None),
    "raw network": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "bluetooth": lambda: socket.socket(31, socket.SOCK_RAW),
    "writable code": _executable_memory,
    "set the clock": lambda: _call("settimeofday", ctypes.create_string_buffer(16), None),
    "set the host name": lambda: _call("sethostname", b"x", 1),
    "real-time priority": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "trace a process": lambda: _call("ptrace", SYS_PTRACE_ATTACH, 1, 0, 0),
    "load a kernel module": lambda: _call("syscall", 175, None, 0, b""),
    "reboot": lambda: _call("reboot", 0x01234567),
    "gain privileges": _gains,
}
WORKS = {
    "write the state": lambda: _write(Path(os.environ["STATE_DIRECTORY"], "x")),
    "write the runtime folder": lambda: _write(Path(os.environ["RUNTIME_DIRECTORY"], "x")),
    "private /tmp": lambda: _write("/tmp/x"),
    "read the credential": lambda: Path(os.environ["CREDENTIALS_DIRECTORY"], "mqtt_password").read_bytes(),
    "TCP": lambda: socket.create_connection(("127.0.0.1", 1883), 5).close(),
    "udev netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15).close(),
    "SQLite": lambda: sqlite3.connect(Path(os.environ["STATE_DIRECTORY"], "x.db")).execute(
        "create table a(b)"
    ),
    "NumPy": lambda: __import__("numpy").zeros(3) @ __import__("numpy").zeros(3),
    "LiteRT": lambda: __import__("ai_edge_litert.interpreter"),
}


def main():
    """Print one line a probe; never stop at one."""
    for name, probe in REFUSED.items():
        try:
            probe()
            print(f"sandbox {name}: ALLOWED", flush=True)
        except OSError as error:
            print(f"sandbox {name}: refused ({error.strerror})", flush=True)
    for name, probe in WORKS.items():
        try:
            probe()
            print(f"sandbox {name}: works", flush=True)
        except Exception as error:
            print(f"sandbox {name}: BROKEN ({error})", flush=True)
    for name in ("x", "x.db"):
        Path(os.environ["STATE_DIRECTORY"], name).unlink(missing_ok=True)
    sys.exit(0)


main()
