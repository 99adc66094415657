#!/bin/sh
# The arm64 package in a Debian root of its own under qemu-user: tests/soak/arm64.sh [SUITE]
# Builds it, installs it with apt, runs `check` and the short test suite on what was installed, then does the same
# with a clone of the sources. Needs root, debootstrap, qemu-user-static; the cross compiler makes it ten times shorter.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
suite=${1:-trixie}
host=${PYTHON:-python3}
base=${ROOT:-$here/build/root-$suite-arm64}
packages=${DEB:-}
short="tests/config/test_load.py tests/config/test_firmware.py tests/native/test_small_kernels.py tests/native/test_tails.py
    tests/native/test_events.py tests/expression/test_align.py tests/expression/test_lowpass.py tests/signals/test_table.py
    tests/measures/test_commands.py tests/mimicry tests/vision/test_models.py tests/vision/test_landmarks.py
    tests/vision/test_warp.py tests/vision/test_crop.py tests/vision/test_accelerators.py"
mesh="tests/vision/test_models.py tests/vision/test_landmarks.py tests/vision/test_warp.py"

fail() { echo "error: $*" >&2; exit 1; }
say() { echo "$(($(date +%s) - begun)) s: $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive $lent "$@"; }
lend() { mkdir -p "$root/$2" && mount --bind "$1" "$root/$2"; }

[ "$(id -u)" = 0 ] || fail "expected root, got user $(id -un)"
begun=$(date +%s)
if [ -z "$packages" ]; then
    "$here/systemd/deb.sh" arm64 "$suite"
    packages=$(ls -t "$here"/build/mimicry-edge_*_arm64.deb | head -1)
fi
say "built $(basename "$packages"), $(stat -c %s "$packages") bytes"

work=$(mktemp -d /var/tmp/mimicry-arm64-XXXXXX)
root=$work/root
trap 'umount -R "$root" 2>/dev/null || umount -R -l "$root"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir "$work/up" "$work/work" "$root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/up,workdir=$work/work" "$root"
mount -t proc proc "$root/proc"
lend /dev dev
lend /etc/ssl/certs etc/ssl/certs
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
lent=
cp "$packages" "$root/root/mimicry-edge.deb"
inside apt-get install -y -q --no-install-recommends /root/mimicry-edge.deb > "$work/apt.log" || {
    tail -20 "$work/apt.log"
    fail "expected apt to install $(basename "$packages"), got the above"
}
say "installed on $(inside uname -m), Python $(inside /opt/mimicry-edge/bin/python3 -c 'import platform; print(platform.python_version())')"

# What only the tests need comes as wheels, fetched by the host: emulated, pip takes minutes for each.
version=$(inside python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$host" -m pip install -q --disable-pip-version-check --no-deps --only-binary=:all: --python-version "$version" \
    --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux_2_17_aarch64 \
    --platform manylinux2014_aarch64 --target "$root/srv/wheels" \
    pytest pluggy iniconfig packaging pygments pytest-timeout hypothesis sortedcontainers scipy av
mkdir -p "$root/srv/suite"
cp -R "$here/tests" "$here/pyproject.toml" "$here/firmware_configs" "$here/docs" "$here/systemd" "$root/srv/suite/"

printf 'version: 1\npublish: {host: 127.0.0.1}\ncamera: {source: stage, path: %s}\n' \
    /opt/mimicry-edge/firmware_configs/stage/demo.yaml > "$root/etc/mimicry-edge/config.yaml"
# No hub, no clock service in a root: `make boot` looks at those.
inside PYTHONPATH=/srv/wheels mimicry-edge check --skip broker,clock,libraries,camera && say "check is ok"
suite_in() {
    folder=$1 python=$2
    shift 2
    inside sh -c "cd $folder && PYTHONPATH=/srv/wheels MIMICRY_MODELS=/opt/mimicry-edge/models $python -m pytest -p no:cacheprovider \
        -m 'not slow' --timeout 900 $*"
}
# shellcheck disable=SC2086
suite_in /srv/suite /opt/mimicry-edge/bin/python3 $short
say "the short test suite passes on the installed package"

git -c safe.directory='*' clone -q "$here" "$root/srv/clone"
if command -v aarch64-linux-gnu-gcc >/dev/null && [ "$(dpkg --print-architecture)" = amd64 ]; then
    for place in /usr:cross/usr /lib64:lib64 /usr/lib/x86_64-linux-gnu:usr/lib/x86_64-linux-gnu \
                 /usr/aarch64-linux-gnu:usr/aarch64-linux-gnu; do
        lend "${place%:*}" "${place#*:}"
    done
    lent=CC=/cross/usr/bin/aarch64-linux-gnu-gcc
fi
inside sh -ec 'cd /srv/clone && python3 -m venv --system-site-packages .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check "setuptools>=77" "Cython>=3.0.10"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation -e .
    MIMICRY_MODELS=/opt/mimicry-edge/models .venv/bin/mimicry-edge models verify'
say "a clone is installed and built, its models verified"
# shellcheck disable=SC2086
suite_in /srv/clone .venv/bin/python $mesh
say "the mesh tests pass in the clone"
