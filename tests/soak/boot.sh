#!/bin/sh
# Makes what the real boot needs and runs it: tests/soak/boot.sh [SUITE]   (root; debootstrap, systemd-container)
# The root and the package are kept in build/.
set -eu
cd "$(dirname "$0")/../.."
suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
root=build/boot-$suite
arch=$(dpkg --print-architecture)
[ "$(id -u)" = 0 ] || { echo "error: expected root, got user $(id -un)" >&2; exit 1; }
for need in debootstrap:debootstrap systemd-nspawn:systemd-container; do
    command -v "${need%:*}" >/dev/null || { echo "error: expected ${need%:*}: apt install ${need#*:}" >&2; exit 1; }
done
if [ ! -x "$root/usr/bin/systemctl" ]; then
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,udev,libpam-systemd,mosquitto,mosquitto-clients,python3-numpy,python3-scipy,python3-yaml,python3-av \
        "$suite" "$root"
fi
systemd/deb.sh "$arch" "$suite"
deb=$(ls -t build/mimicry-edge_*~deb"$(. "$root/etc/os-release" && echo "$VERSION_ID")"_"$arch".deb | head -1)
exec "${PYTHON:-.venv/bin/python}" -m tests.soak.boot "$root" "$deb"
