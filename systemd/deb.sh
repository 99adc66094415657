#!/bin/sh
# Builds the Debian package with Debian's own tools into build/: systemd/deb.sh [ARCH [SUITE]]
# Without arguments for the distribution and architecture it runs on. For another one it runs itself in a root of
# that kind (made by debootstrap, kept in build/root-SUITE-ARCH, or ROOT=FOLDER), under qemu-user where need be.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
own_arch=$(dpkg --print-architecture)
own_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
arch=${1:-$own_arch}
suite=${2:-$own_suite}

fail() { echo "error: $*" >&2; exit 1; }

build_here() {
    for need in dpkg-buildpackage:dpkg-dev dh:debhelper; do
        command -v "${need%:*}" >/dev/null || fail "expected ${need%:*}: sudo apt install ${need#*:}"
    done
    version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$here/edge/__init__.py")
    version=$version${REVISION:+"+$REVISION"}~deb$(. /etc/os-release && echo "$VERSION_ID")
    work=$here/build/deb
    rm -rf "$work"
    mkdir -p "$work/src"
    for part in edge native systemd firmware_configs docs setup.py pyproject.toml README.md CHANGELOG.md LICENSE; do
        [ ! -e "$here/$part" ] || cp -a "$here/$part" "$work/src/"
    done
    mkdir -p "$work/src/build"
    [ ! -d "$here/build/cython" ] || cp -a "$here/build/cython" "$work/src/build/"
    find "$work/src" \( -name __pycache__ -o -name '*.so' \) -prune -exec rm -rf {} +
    cp -R "$here/systemd/debian" "$work/src/debian"
    cat > "$work/src/debian/changelog" <<END
mimicry-edge ($version) $own_suite; urgency=medium

  * See CHANGELOG.md.

 -- mimicry-edge <maintainer@mimicry-edge.invalid>  $(date -R -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")
END
    (cd "$work/src" && MIMICRY_MODELS=${MIMICRY_MODELS:-$here/build/models} dpkg-buildpackage -b -us -uc -d --no-sign) \
        > "$work/log" 2>&1 || { tail -30 "$work/log" >&2; fail "expected a package, got the log above ($work/log)"; }
    mv "$work"/mimicry-edge_*.deb "$here/build/"
    rm -rf "$work"
    ls -l "$here"/build/mimicry-edge_"$version"_*.deb
}

lend() {
    mkdir -p "$root/$2"
    mount --bind "$1" "$root/$2" && mounts="$2 $mounts"
}

build_in_root() {
    [ "$(id -u)" = 0 ] || fail "expected root to build for $suite/$arch, got user $(id -un)"
    root=${ROOT:-$here/build/root-$suite-$arch}
    if [ "$arch" != "$own_arch" ] && [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
        # Where no service manager did it, as in a container.
        [ -e /proc/sys/fs/binfmt_misc/status ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc || true
        ! command -v update-binfmts >/dev/null || update-binfmts --enable || true
    fi
    if [ "$arch" != "$own_arch" ] && [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
        fail "expected qemu-user for $arch: sudo apt install qemu-user-static"
    fi
    if [ ! -x "$root/usr/bin/dpkg-buildpackage" ]; then
        command -v debootstrap >/dev/null || fail "expected debootstrap: sudo apt install debootstrap"
        packages=$("$here/.ci/system-packages" list deb | tr '\n' ,)ca-certificates
        debootstrap --arch="$arch" --variant=minbase --include="$packages" "$suite" "$root"
    fi
    mkdir -p "$root/src/build/models"
    mounts=
    # An arm64 root has no /lib64; one that stays behind looks to systemd's package like a /usr that is not merged.
    trap 'for place in $mounts; do umount "$root/$place"; done
        [ -L "$root/lib64" ] || rmdir "$root/lib64" 2>/dev/null || true' EXIT
    trap 'exit 1' INT TERM
    mount -t proc proc "$root/proc" && mounts=proc
    # The host's certificates and resolver, so that the package index is reached as from outside.
    lend /etc/ssl/certs etc/ssl/certs
    compiler=
    if [ "$arch" = arm64 ] && [ "$own_arch" = amd64 ] && command -v aarch64-linux-gnu-gcc >/dev/null; then
        # The emulated compiler is some fifty times slower than the host's cross compiler, lent to the root.
        for place in /usr:cross/usr /lib64:lib64 /usr/lib/x86_64-linux-gnu:usr/lib/x86_64-linux-gnu \
                     /usr/aarch64-linux-gnu:usr/aarch64-linux-gnu; do
            lend "${place%:*}" "${place#*:}"
        done
        compiler=CC=/cross/usr/bin/aarch64-linux-gnu-gcc
    fi
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    [ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
    for part in edge native systemd firmware_configs docs setup.py pyproject.toml README.md CHANGELOG.md LICENSE; do
        rm -rf "$root/src/$part"
        [ ! -e "$here/$part" ] || cp -a "$here/$part" "$root/src/"
    done
    [ ! -d "$here/build/models" ] || cp -R "$here/build/models/." "$root/src/build/models/"
    # Cython's C does not depend on the processor. What is newer than source and Cython is not made again, and the
    # root's Cython is installed only now; a host's C that is older than its source was left out of date, so not lent.
    rm -rf "$root/src/build/cython"
    for source in "$here"/native/*.pyx; do
        made=$here/build/cython/native/$(basename "$source" .pyx).c
        if [ "$made" -nt "$source" ]; then
            mkdir -p "$root/src/build/cython/native"
            cp "$made" "$root/src/build/cython/native/"
            touch -d '1 hour' "$root/src/build/cython/native/$(basename "$made")"
        fi
    done
    chroot "$root" env -u PYTHON $compiler /src/systemd/deb.sh  # a PYTHON of the host means nothing there
    mkdir -p "$here/build"
    mv "$root"/src/build/mimicry-edge_*.deb "$here/build/"
    ls -l "$here"/build/mimicry-edge_*_"$arch".deb
}

if [ "$arch" = "$own_arch" ] && [ "$suite" = "$own_suite" ]; then build_here; else build_in_root; fi
