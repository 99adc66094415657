#!/bin/sh
# `source: usb` on a real V4L2 device: tests/v4l2/vm.sh [SUITE]
# A Debian root of its own with a kernel becomes the disk of a virtual machine; the kernel's vivid driver is the
# camera, and `python -m tests.v4l2` runs as the only process. Needs root, debootstrap, qemu-system-x86, which
# emulates the machine. What is installed is kept in build/.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
suite=${1:-trixie}
root=${ROOT:-$here/build/v4l2-$suite}
packages="linux-image-amd64 initramfs-tools kmod v4l-utils gstreamer1.0-tools gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good gcc libc6-dev python3-dev python3-numpy python3-yaml python3-venv"

fail() { echo "error: $*" >&2; exit 1; }
say() { echo "$(($(date +%s) - begun)) s: $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
away() { umount "$root/dev" "$root/etc/ssl/certs" "$root/proc" 2>/dev/null || true; }

[ "$(id -u)" = 0 ] || fail "expected root, got user $(id -un)"
for need in debootstrap:debootstrap qemu-system-x86_64:qemu-system-x86 mkfs.ext4:e2fsprogs; do
    command -v "${need%:*}" >/dev/null || fail "expected ${need%:*}: apt install ${need#*:}"
done
begun=$(date +%s)
disk=$(mktemp -d /var/tmp/mimicry-v4l2-XXXXXX)
trap 'away; rm -rf "$disk"' EXIT
trap 'exit 1' INT TERM
[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" >/dev/null
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /etc/ssl/certs "$root/etc/ssl/certs"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
if [ ! -x "$root/srv/venv/bin/python" ]; then
    inside apt-get update -qq
    # shellcheck disable=SC2086
    inside apt-get install -y -qq --no-install-recommends $packages >/dev/null 2>"$root/srv/apt.log" || fail "$(tail -3 "$root/srv/apt.log")"
    inside python3 -m venv --system-site-packages /srv/venv
    inside /srv/venv/bin/pip install -q --disable-pip-version-check "setuptools>=77" "Cython>=3.0.10"
fi
rm -rf "$root/srv/clone"
git -c safe.directory='*' clone -q "$here" "$root/srv/clone"
inside /srv/venv/bin/pip install -q --disable-pip-version-check --no-build-isolation -e /srv/clone
inside /srv/venv/bin/mimicry-edge models fetch >/dev/null
away
say "the root is ready"

cat > "$root/srv/guest" <<'GUEST'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONUNBUFFERED=1
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
cd /srv/clone
/srv/venv/bin/python -m tests.v4l2
echo "ended with $?"
echo o > /proc/sysrq-trigger
sleep 60
GUEST
chmod +x "$root/srv/guest"
rm -rf "$root/var/cache/apt/archives"
mkfs.ext4 -q -d "$root" "$disk/root.img" "$(($(du -sm --exclude=proc "$root" | cut -f1) + 600))M"
kernel=$(ls "$root"/boot/vmlinuz-* | tail -1)
say "the disk is written, $(basename "$kernel")"
timeout 3600 qemu-system-x86_64 -cpu max -m 3G -smp 2 -nographic -no-reboot -kernel "$kernel" -initrd "$root/boot/initrd.img-${kernel#*vmlinuz-}" \
    -drive "file=$disk/root.img,format=raw,if=virtio" \
    -append "root=/dev/vda rw console=ttyS0 quiet init=/srv/guest" </dev/null | tr -d '\r' | tee "$disk/said"
grep -q "^ended with 0" "$disk/said" || fail "expected every check to hold, got the above"
say "done"
