"""Three network namespaces on one bridge, of which one may be cut off; needs root."""

import os
import shutil
import subprocess
from contextlib import suppress

BRIDGE, NAME, SUBNET = "mimicry-br", "mimicry-{}", "10.77.0.{}"
HERE = SUBNET.format(254)


def lacking():
    """Return what is missing to make namespaces here; empty where nothing is."""
    if os.getuid() != 0:
        return "not root, who alone makes network namespaces"
    return "" if shutil.which("ip") else "no ip (Debian: iproute2)"


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Network:
    """One namespace for each host; this machine's own side has the last address."""

    def __init__(self, count):
        self.hosts = [SUBNET.format(number + 1) for number in range(count)]
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, host in enumerate(self.hosts):
            name = NAME.format(number)
            _ip("netns", "add", name)
            _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", name, "master", BRIDGE, "up")
            for words in (("addr", "add", f"{host}/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
                _ip("-n", name, *words)
            _ip("-n", name, "link", "set", "lo", "up")

    def within(self, number):
        """Return the words that run a command in a namespace."""
        return ["ip", "netns", "exec", NAME.format(number)]

    def cut(self, number):
        """Cut a host off from everybody."""
        _ip("link", "set", NAME.format(number), "down")

    def heal(self, number):
        """Connect it again."""
        _ip("link", "set", NAME.format(number), "up")

    def close(self):
        """End what runs in the namespaces, and delete them."""
        for number in range(len(self.hosts)):
            name = NAME.format(number)
            found = subprocess.run(["ip", "netns", "pids", name], check=True, capture_output=True, text=True)
            for pid in found.stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            _ip("netns", "del", name)
        _ip("link", "del", BRIDGE)
