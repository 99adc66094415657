# make demo, make test and make lint work on a fresh Debian 12 or 13 with git, python3 and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Tests share two workers: many of them wait for a broker or a device.
WORKERS ?= 2

.PHONY: demo test lint bench validate chaos soak mutants campus readme native checked install deb fuzz boot \
        arm64 picamera2 v4l2 environments page clean

demo: $(VENV)/.demo
	@$(BIN)/mimicry-edge models fetch
	@$(BIN)/mimicry-edge demo $(ARGS)

test: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/cython-lint native  # it calls pycodestyle by name

bench: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/mimicry-edge bench all $(ARGS)

# Installs the service on this device; DESTDIR stages it instead.
install:
	.ci/system-packages install
	systemd/install.sh $(DESTDIR)

# A simulated week, mutated configurations, a real boot of the package (SUITE=trixie; root).
soak: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/python -m tests.soak.soak $(ARGS)
	$(BIN)/python -m tests.soak.pixels

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.config.fuzz $(ARGS)
	$(BIN)/python -m tests.signals.tables_fuzz 100000

boot: $(VENV)/.test
	.ci/system-packages boot
	BIN=$(BIN) tests/soak/boot.sh "$(SUITE)" $(STEPS)

# The arm64 package and a clone of the sources in an arm64 Debian 13 under qemu-user (SUITE=bookworm; root).
arm64:
	.ci/system-packages arm64
	tests/soak/arm64.sh $(SUITE)

# The camera adapter on the real Picamera2 and libcamera with a camera that plays films, in a Debian root of its own
# (root; SUITE=bookworm; without, the first release on which it can be built; ARGS="stalls sizes" for some checks).
picamera2:
	.ci/system-packages picamera2
	@for suite in $(or $(SUITE),trixie bookworm); do \
	    tests/pi/stand.sh $$suite $(ARGS); status=$$?; [ $$status = 3 ] || exit $$status; \
	done; exit 3

# USB cameras on a real V4L2 device, the vivid driver of Debian's kernel in a virtual machine (root; SUITE=bookworm).
v4l2:
	.ci/system-packages v4l2
	tests/v4l2/vm.sh $(SUITE)

# Every Python that is here, and the extra tflite, in environments of their own; ARGS="/path/of/python3.12".
environments:
	tests/soak/environments.sh $(ARGS)

# The Debian package of this distribution; `make deb ARCH=arm64 SUITE=trixie` builds in a root of that kind.
deb:
	.ci/system-packages deb
	systemd/deb.sh $(ARCH) $(SUITE)

# The page in a real browser (NiceGUI, Chromium, axe-core where npm is there), then a thousand devices on it.
page: $(VENV)/.test
	.ci/system-packages page
	$(BIN)/python -m pip install --disable-pip-version-check -q "nicegui>=3"
	$(BIN)/mimicry-edge models fetch
	if command -v npm >/dev/null; then npm install --silent --no-save --prefix build/axe axe-core; fi
	AXE="$$(ls build/axe/node_modules/axe-core/axe.min.js)" $(BIN)/python -m pytest tests/page $(ARGS)
	$(BIN)/python -m tests.page.pictures build/pictures
	$(BIN)/python -m tests.reporting.pictures build/reports
	$(BIN)/python -m tests.page.fleet
	$(BIN)/python -m tests.page.hours

validate: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/python -m tests.validate $(ARGS)

# What may happen to a hub and a spool, then every row of the recovery ladder, as tables; ARGS=--full takes an hour
# (50 injections a row instead of 5).
chaos: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/python -m tests.chaos $(ARGS)
	$(BIN)/python -m tests.soak.ladder $(ARGS)
	$(BIN)/python -m tests.soak.two_cameras

# A building and a campus of rooms through every fault, tables of a million results, the configurations of the engines;
# what is not installed here is left out and named. ARGS="single --rooms 200" runs one case.
campus: $(VENV)/.test
	$(PIP) -q "psycopg[binary]>=3.1" "aio-pika>=9"
	$(BIN)/python -m tests.campus $(ARGS)

# 200 small faults in each of the parts that decide, to see which ones no test notices; ARGS="privacy --mutants 50".
mutants: $(VENV)/.test
	$(BIN)/python -m tests.mutants $(ARGS)

# Every command that the README and the tutorial print, run as printed in a fresh clone; takes half an hour.
readme: $(VENV)/.test
	$(BIN)/mimicry-edge models fetch
	$(BIN)/python -m tests.readme

native: $(VENV)/.test
	$(BIN)/python setup.py -q build_ext --inplace

checked: $(VENV)/.test
	.ci/checked

# The environments are rebuilt when what they are made of changes.
PIP := $(BIN)/python -m pip install --disable-pip-version-check
SOURCES := setup.py pyproject.toml $(wildcard native/*.pyx native/*.pxd native/*.h)

$(VENV)/.demo $(VENV)/.test: $(VENV)/.%: $(SOURCES)
	@.ci/system-packages $*
	@test -x $(BIN)/python || .ci/step "1/3 environment" $(PYTHON) -m venv $(VENV)
	@.ci/step "2/3 compiler of the kernels" $(PIP) "setuptools>=77" "Cython>=3.0.10" "numpy>=1.25"
	@.ci/step "3/3 packages and kernels" $(PIP) -v --no-build-isolation -e ".[$*]"
	@touch $(VENV)/.demo $@  # what the tests install includes what the demo needs

clean:
	rm -rf build $(VENV) edge/_native/*.so *.egg-info
