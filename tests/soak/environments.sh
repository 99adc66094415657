#!/bin/sh
# Other Pythons and extras, each in an environment of its own: tests/soak/environments.sh [PYTHON...]
# With each Python: this clone installed with what its tests need, and the short test suite. With Python 3.11 also
# the extra `tflite`: the service's engine on tflite-runtime and on ai-edge-litert must report the same of one film.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
short="tests/config/test_load.py tests/config/test_firmware.py tests/native tests/expression tests/signals/test_table.py
    tests/measures/test_commands.py tests/mimicry tests/camera tests/stage/test_render.py tests/vision/test_models.py
    tests/vision/test_landmarks.py tests/api"
[ $# -gt 0 ] || set -- python3.11 python3.12 python3.13

fail() { echo "error: $*" >&2; exit 1; }
version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }
environment() { "$1" -m venv "$2" && "$2/bin/pip" install -q --disable-pip-version-check -e "$work/clone[$3]"; }
replayed() {
    printf 'tflite: {runtime: %s, variant: float}\nprivacy: {profile: research}\n' "$1" > "$work/$1.yaml"
    "$work/tflite/bin/mimicry-edge" replay --config "$work/$1.yaml" "$work/film.mp4" > "$work/$1.jsonl"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
git -c safe.directory='*' clone -q "$here" "$work/clone"
tried=
for python; do
    command -v "$python" >/dev/null || { echo "$python: not here"; continue; }
    name=$(version "$python")
    environment "$python" "$work/$name" test || fail "expected an environment of Python $name"
    "$work/$name/bin/mimicry-edge" models fetch >/dev/null
    # shellcheck disable=SC2086
    (cd "$work/clone" && "$work/$name/bin/python" -m pytest -p no:cacheprovider -m 'not slow' $short) > "$work/said" 2>&1 \
        || { grep -E "^(FAILED|ERROR)|passed|failed|error" "$work/said"; fail "expected the short test suite to pass with Python $name"; }
    grep -E "[0-9]+ passed" "$work/said" | sed "s/^[= ]*/Python $name: /; s/[= ]*$//"
    tried=$name
    [ "$name" = 3.11 ] || continue
    environment "$python" "$work/tflite" tflite,video || fail "expected an environment with the extra tflite"
    "$work/$name/bin/python" -c 'from edge.cli._scene import scene; print(scene(2, 20.0, rate_hz=15.0))' > "$work/scene.yaml"
    "$work/tflite/bin/mimicry-edge" stage --script "$work/scene.yaml" --out "$work/film.mp4" 2>/dev/null
    replayed tflite-runtime
    replayed ai-edge-litert
    movements=$(grep -c '"type": *"event"' "$work/tflite-runtime.jsonl") || fail "expected movements with tflite-runtime, got none"
    [ "$movements" = "$(grep -c '"type": *"event"' "$work/ai-edge-litert.jsonl")" ] || fail "expected the same movements with both runtimes"
    echo "tflite-runtime $("$work/tflite/bin/pip" list 2>/dev/null | sed -n 's/^tflite[-_]runtime *//p'): $movements movements, as with ai-edge-litert"
done
[ -n "$tried" ] || fail "expected one of $*, found none"
