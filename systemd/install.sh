#!/bin/sh
# Installs the service: systemd/install.sh [DESTDIR]
# /opt/mimicry-edge is a Python environment on top of the system's (--system-site-packages) that holds what Debian
# does not carry, without pip and without numpy: numpy, yaml, picamera2 and libcamera are the system's own.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
dest=${1:-}
python=${PYTHON:-/usr/bin/python3}
models=${MIMICRY_MODELS:-$here/models}
opt=$dest/opt/mimicry-edge
# ml_dtypes: what ai-edge-litert needs for the GPU; its other needs are for tools that the service does not use.
vendored="ai-edge-litert>=2.1 paho-mqtt>=2.1 flatbuffers>=24 ml_dtypes"

say() { echo "install: $*"; }
fail() { echo "error: $*" >&2; exit 1; }

[ -n "$dest" ] || [ "$(id -u)" = 0 ] || fail "expected root, got user $(id -un): sudo make install"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "expected Python 3.11 or newer at $python"
for need in venv:python3-venv pip:python3-pip numpy:python3-numpy yaml:python3-yaml; do
    "$python" -c "import ${need%:*}" 2>/dev/null || fail "expected Python's ${need%:*}: sudo apt install ${need#*:}"
done
command -v "${CC:-cc}" >/dev/null || fail "expected a C compiler: sudo apt install gcc libc6-dev python3-dev"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "building for $("$python" -c 'import platform; print(platform.machine(), platform.python_version())')"
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$work" "$here"
# shellcheck disable=SC2086
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --only-binary=:all: --wheel-dir "$work" $vendored

rm -rf "$opt"
install -d "$opt"
"$python" -m venv --without-pip --system-site-packages --symlinks "$opt"
rm -f "$opt"/bin/activate* "$opt"/bin/Activate*
sed -i -e '/^command/d' "$opt/pyvenv.cfg"
site=$("$opt/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-compile --no-warn-script-location \
    --root-user-action=ignore --target "$site" "$work"/*.whl
# The runtime's compilers for phones, 13 MB.
rm -rf "$site"/ai_edge_litert/tools "$site"/ai_edge_litert/vendors
rm -rf "$site/bin" "$opt/include" "$site"/*.dist-info/direct_url.json
"$opt/bin/python3" -c "import numpy, sys; sys.exit(numpy.__file__.startswith('$opt'))" || fail "expected the system's numpy"
cat > "$opt/bin/mimicry-edge" <<'END'
#!/opt/mimicry-edge/bin/python3 -IB
"""The command line of the installed package."""
import os
import sys

MODELS = "/opt/mimicry-edge/models"
if os.path.exists(os.path.join(MODELS, "manifest.json")):
    os.environ.setdefault("MIMICRY_MODELS", MODELS)

from edge.cli import main  # noqa: E402 - the environment comes first

sys.exit(main())
END
chmod 755 "$opt/bin/mimicry-edge"
"$opt/bin/python3" -m compileall -q --invalidation-mode unchecked-hash -s "$dest" "$site" || fail "expected code that compiles"

say "models"
# -P: what was just built, not the sources in the current folder, which have no native core.
PYTHONPATH=$site MIMICRY_MODELS=$models "$python" -P -m edge models fetch
install -d "$opt/models"
cp -R "$models/." "$opt/models/"
rm -rf "$opt/models/.cache" "$opt/models/.lock"

say "configuration and units"
install -d "$opt/firmware_configs" "$opt/systemd" "$dest/usr/bin"
cp -R "$here/firmware_configs/." "$opt/firmware_configs/"
install -m 644 "$here"/systemd/drop-ins/*.conf "$here/systemd/config.yaml" "$opt/systemd/"
install -D -m 644 "$here/systemd/mimicry-edge.service" "$dest/usr/lib/systemd/system/mimicry-edge.service"
install -D -m 644 "$here/systemd/mimicry-edge.sysusers" "$dest/usr/lib/sysusers.d/mimicry-edge.conf"
install -D -m 644 "$here/systemd/mimicry-edge.tmpfiles" "$dest/usr/lib/tmpfiles.d/mimicry-edge.conf"
install -D -m 644 "$here/systemd/70-mimicry-edge.rules" "$dest/usr/lib/udev/rules.d/70-mimicry-edge.rules"
install -D -m 755 "$here/systemd/set-up.sh" "$opt/systemd/set-up.sh"
ln -sf /opt/mimicry-edge/bin/mimicry-edge "$dest/usr/bin/mimicry-edge"
find "$opt" -type d -exec chmod 755 {} +
find "$opt" -type f ! -perm -111 -exec chmod 644 {} +

if [ -z "$dest" ]; then
    "$opt/systemd/set-up.sh"
    say "done; now: edit /etc/mimicry-edge/config.yaml, then: sudo systemctl enable --now mimicry-edge"
fi
