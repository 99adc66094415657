#!/bin/sh
# What an installation does once on the device: user, folders, first configuration, the drop-in of the board.
# Never touches a configuration that is there.
set -eu
etc=/etc/mimicry-edge
share=/opt/mimicry-edge/systemd
drop_ins=/etc/systemd/system/mimicry-edge.service.d

systemd-sysusers mimicry-edge.conf
systemd-tmpfiles --create mimicry-edge.conf
install -d -m 755 "$etc" "$etc/config.d"
[ -e "$etc/config.yaml" ] || install -m 644 "$share/config.yaml" "$etc/config.yaml"

model=$({ tr -d '\0' < /sys/firmware/devicetree/base/model; } 2>/dev/null || true)
board=
case "$model" in
    *"Raspberry Pi"*) board=pi ;;
    *NVIDIA*|*Jetson*) board=jetson ;;
esac
link() {
    [ -e "$drop_ins/$1.conf" ] || { install -d "$drop_ins" && ln -s "$share/$1.conf" "$drop_ins/$1.conf"; }
}
[ -z "$board" ] || link "$board"
[ ! -e /dev/hailo0 ] || link hailo
[ ! -e /dev/apex_0 ] || link coral

if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    udevadm control --reload 2>/dev/null || true
fi
