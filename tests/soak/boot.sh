#!/bin/sh
# Makes what the real boot needs and runs it: tests/soak/boot.sh [SUITE [STEP,...]]
# Needs root, debootstrap, systemd-container and ffmpeg. The root, the package and the recording are kept in build/.
set -eu
cd "$(dirname "$0")/../.."
suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
root=build/boot-$suite
video=build/boot-meeting.mp4
arch=$(dpkg --print-architecture)
bin=${BIN:-.venv/bin}
packages=systemd,systemd-sysv,dbus,udev,libpam-systemd,ca-certificates,mosquitto,mosquitto-clients,python3-av
fail() { echo "error: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "expected root, got user $(id -un)"
for need in debootstrap:debootstrap systemd-nspawn:systemd-container ffmpeg:ffmpeg; do
    command -v "${need%:*}" >/dev/null || fail "expected ${need%:*}: apt install ${need#*:}"
done
[ -x "$root/usr/bin/systemctl" ] || debootstrap --variant=minbase --include=$packages "$suite" "$root"
if [ ! -e "$video" ]; then
    # A meeting of two for 20 s, sixty times: longer than the steps take.
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    "$bin/python" -c 'from tests.soak.life import SCENE; print(SCENE)' > "$work/meeting.yaml"
    "$bin/mimicry-edge" stage --script "$work/meeting.yaml" --out "$work/meeting.mp4"
    ffmpeg -v error -i "$work/meeting.mp4" -crf 24 -preset veryfast "$work/small.mp4"
    ffmpeg -v error -y -stream_loop 59 -i "$work/small.mp4" -c copy "$video"
fi
systemd/deb.sh "$arch" "$suite"
deb=$(ls -t build/mimicry-edge_*~deb"$(. "$root/etc/os-release" && echo "$VERSION_ID")"_"$arch".deb | head -1)
"$bin/python" -m tests.soak.boot "$root" "$deb" "$video" ${2:+"$2"}
