#!/bin/sh
# The Picamera2 adapter on the real Picamera2 and libcamera: tests/pi/stand.sh SUITE [CHECK...]
# A Debian root of its own gets libcamera, built from Debian's source package with `handler.cpp` as its camera,
# Picamera2 from its package index and this clone; then `python -m tests.pi` runs there. Needs root and debootstrap.
# Ends with 3 where a part cannot be had on this release. What is built is kept in build/.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
shift
root=${ROOT:-$here/build/picamera2-$suite}
version=0.7.2-1
sum=e27f5670fe9443eebc8e2f24235cd20b533324ef481a3684d34c78f1c3a12afb
picamera2=0.3.38
packages="dpkg-dev g++ meson ninja-build pkgconf libyaml-dev libyuv-dev libjpeg-dev libudev-dev libgnutls28-dev
    libevent-dev libcap-dev libpython3-dev pybind11-dev python3-pybind11 python3-jinja2 python3-ply python3-yaml
    python3-numpy python3-av python3-venv openssl"

fail() { echo "error: $*" >&2; exit 1; }
lacks() { echo "$suite: expected $*" >&2; exit 3; }
say() { echo "$(($(date +%s) - begun)) s: $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
pip() { inside /srv/venv/bin/pip install -q --disable-pip-version-check "$@"; }
done_once() { [ -e "$root/srv/done-$1" ]; }
note() { touch "$root/srv/done-$1"; say "$2"; }

[ "$(id -u)" = 0 ] || fail "expected root, got user $(id -un)"
command -v debootstrap >/dev/null || fail "expected debootstrap: apt install debootstrap"
begun=$(date +%s)
[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" >/dev/null || lacks "a root by debootstrap"
trap 'umount "$root/dev" "$root/etc/ssl/certs" "$root/proc" 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /etc/ssl/certs "$root/etc/ssl/certs"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"

if ! done_once packages; then
    sed -n 's/^deb \([^ ]*\) .*/deb-src \1 sid main/p' "$root/etc/apt/sources.list" > "$root/etc/apt/sources.list.d/source.list"
    inside apt-get -o Acquire::Check-Valid-Until=false update -qq
    # shellcheck disable=SC2086
    inside apt-get install -y -qq --no-install-recommends $packages >/dev/null || lacks "the packages to build libcamera with"
    note packages "packages installed"
fi
if ! done_once source; then
    rm -rf "$root/srv/source" && mkdir -p "$root/srv/source/libcamera"
    inside sh -c "cd /srv/source && apt-get source -qq --download-only libcamera=$version >/dev/null" || lacks "the source package libcamera $version"
    tarball=$(ls "$root"/srv/source/*.orig.tar.*)
    echo "$sum  $tarball" | sha256sum -c --quiet || fail "expected the sources with sum $sum"
    tar xf "$tarball" -C "$root/srv/source/libcamera" --strip-components 1
    note source "libcamera $version unpacked"
fi
# The camera of this check takes the place of the virtual one; nothing else of libcamera is touched.
cp "$here/tests/pi/handler.cpp" "$here/tests/pi/meson.build" "$root/srv/source/libcamera/src/libcamera/pipeline/virtual/"
if ! done_once setup; then
    off=
    for feature in cam qcam lc-compliance documentation gstreamer tracing v4l2 libunwind libdw android apps-output-dng \
                   softisp-gpu rpi-awb-nn; do
        off="$off -D$feature=disabled"
    done
    # shellcheck disable=SC2086
    inside meson setup /srv/build /srv/source/libcamera --buildtype plain -Dcpp_args=-O0 -Dwerror=false -Dpipelines=virtual \
        -Dipas= -Dpycamera=enabled -Dtest=false $off >/dev/null || lacks "a meson that configures libcamera $version"
    note setup "configured"
fi
target=$(inside ninja -C /srv/build -t targets all | grep -o '^src/py/libcamera/_libcamera[^ :/]*\.so' | head -1)
inside ninja -C /srv/build "$target" >"$root/srv/ninja.log" || { tail -20 "$root/srv/ninja.log"; lacks "libcamera $version to build"; }
mkdir -p "$root/srv/stand/film"
cp -r "$here/tests/pi/stub" "$here/tests/pi/heap.c" "$root/srv/stand/"
inside cc -O2 -Wall -shared -fPIC /srv/stand/heap.c -o /srv/stand/heap.so
say "libcamera is built"
if ! done_once picamera2; then
    inside python3 -m venv --system-site-packages /srv/venv
    pip "picamera2==$picamera2" coverage "setuptools>=77" "Cython>=3.0.10" || lacks "Picamera2 $picamera2 from its package index"
    note picamera2 "Picamera2 $picamera2 installed"
fi
rm -rf "$root/srv/clone"
git -c safe.directory='*' clone -q "$here" "$root/srv/clone"
pip --no-build-isolation -e "/srv/clone[pi]"
inside /srv/venv/bin/mimicry-edge models fetch
say "this clone is installed"
inside env MIMICRY_STAND=/srv/stand/film LD_PRELOAD=/srv/stand/heap.so LIBCAMERA_LOG_LEVELS='*:ERROR' \
    PYTHONPATH=/srv/clone:/srv/build/src/py:/srv/stand/stub /srv/venv/bin/python -m tests.pi "$@"
say "done on $suite"
