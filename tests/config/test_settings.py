"""Every number of the configuration changes something that comes out, or is refused."""

import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from edge.config import Config, parse
from edge.config._bounds import Range
from edge.errors import ConfigError
from tests.camera.conftest import fake_picamera2
from tests.config.effects import device, numbers, pictures
from tests.config.effects.bench import Bench

LOCAL = {"publish": {"host": "127.0.0.1", "tls": False, "device_id": "dev-1"}}
PI = {"camera": {"source": "picamera2", "timeout_s": 0.5}}
STRICT = {"measures": {"alpha": 0.5, "fdr_q": 0.0001}}
RESEARCH = {"privacy": {"profile": "research"}}


@dataclass(frozen=True)
class Change:
    """Another value of a setting, and what it must change."""

    value: Any
    """The other value, or a function of the bench that returns it."""
    effect: Callable[..., dict[str, Any]]
    """What is looked at, of `tests/config/effects`."""
    result: str
    """Which of its results must differ."""
    around: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The other settings, by section."""


CHANGES = {
    "camera.number": Change(1, pictures.camera, "number", PI),
    "camera.width_px": Change(640, pictures.camera, "size", PI),
    "camera.height_px": Change(360, pictures.camera, "size", PI),
    "camera.rate_hz": Change(60, pictures.camera, "period", PI),
    "camera.timeout_s": Change(0.6, pictures.silent, "warning", PI),
    "tflite.threads": Change(5, pictures.threads, "count"),
    "faces.detect_every_n": Change(60, pictures.faces, "back after"),
    "faces.max_people": Change(1, pictures.faces, "people", RESEARCH),
    "faces.min_score": Change(0.99, pictures.faces, "people"),
    "faces.min_presence": Change(0.99, pictures.faces, "people"),
    "faces.keep_s": Change(0.1, pictures.faces, "kept"),
    "expression.lowpass_hz": Change(2, numbers.signals, "spread"),
    "expression.max_yaw_deg": Change(20, pictures.turned, "sideways"),
    "expression.max_pitch_deg": Change(10, pictures.turned, "up or down"),
    "expression.warmup_s": Change(10, numbers.signals, "begins"),
    "events.half_s": Change(0.3, numbers.movements, "amplitudes"),
    "events.threshold_sd": Change(40, numbers.movements, "count"),
    "events.refractory_s": Change(2, numbers.movements, "count"),
    "mimicry.rate_hz": Change(20, numbers.synchrony, "value"),
    "mimicry.window_s": Change(14, numbers.synchrony, "n"),
    "mimicry.slow_window_s": Change(20, numbers.synchrony, "slow_n"),
    "mimicry.max_lag_s": Change(1, numbers.synchrony, "lags"),
    "mimicry.slow_max_lag_s": Change(3, numbers.synchrony, "slow"),
    "mimicry.hop_s": Change(3, numbers.synchrony, "value"),
    "mimicry.horizon_s": Change(180, numbers.synchrony, "n"),
    "mimicry.surrogates": Change(19, numbers.synchrony, "p"),
    "measures.alpha": Change(0.01, numbers.synchrony, "state"),
    "measures.fdr_q": Change(0.5, numbers.weakly, "state", STRICT),
    "measures.seed": Change(2, numbers.group, "null"),
    "privacy.k_people": Change(4, numbers.said, "measure"),
    "publish.port": Change(lambda bench: bench.ports[1], device.hello, "port", LOCAL),
    "publish.keepalive_s": Change(30, device.hello, "keepalive", LOCAL),
    "publish.live_hz": Change(5, device.live, "count", LOCAL),
    "publish.summary_s": Change(10, numbers.said, "summary"),
    "publish.health_s": Change(10, device.discovered, "seconds", LOCAL),
    "publish.spool_mib": Change(1, device.spool, "dropped", LOCAL),
    "publish.spool_days": Change(1, device.late, "arrived", LOCAL),
    "publish.keep_h": Change(1, device.kept, "stays", LOCAL),
    "publish.metrics_port": Change(lambda bench: bench.metrics_port, device.metrics, "status", LOCAL),
    "service.led_pin": Change(17, device.pins, "used"),
    "service.button_pin": Change(27, device.pins, "used"),
}


def ranged(cls=Config, prefix=""):
    """Yield the key path and range of every number in a section and those below it."""
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if is_dataclass(hint):
            yield from ranged(hint, f"{prefix}{name}.")
            continue
        kind = next((one for one in get_args(hint) if get_origin(one) is Annotated), hint)  # of X | None
        base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
        if base in {int, float}:
            yield f"{prefix}{name}", next((one for one in get_args(kind) if isinstance(one, Range)), None)


NUMBERS = dict(ranged())


def text(key, value, around):
    """Return a configuration of one setting among others."""
    section, _, name = key.partition(".")
    tree = {**around, section: {**around.get(section, {}), name: value}} if key else around
    return "".join(f"{one}: {json.dumps(settings)}\n" for one, settings in tree.items())


def configured(key, value, around):
    """Read a configuration of one setting among others."""
    return parse(text(key, value, around), "c.yaml")


EFFECTS = sorted(
    {(one.effect, text("", None, one.around)) for one in CHANGES.values()},
    key=lambda one: (one[0].__name__, one[1]),
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Give a bench with a fake camera in the place of the real library."""
    with pytest.MonkeyPatch.context() as patch:
        one = Bench(tmp_path_factory.mktemp("settings"), fake_picamera2(patch))
        yield one
        one.close()


@pytest.fixture(scope="module")
def defaults(bench):
    """Return what an effect gives with the default, computed once."""
    return functools.cache(lambda effect, around: effect(parse(around, "c.yaml"), bench))


def test_the_table_is_complete():
    """Every number of every section has its line in the table, and every line its number."""
    assert NUMBERS.keys() - {"version"} == CHANGES.keys()


@pytest.mark.parametrize(("effect", "around"), EFFECTS, ids=lambda one: getattr(one, "__name__", ""))
def test_an_effect_is_repeatable(effect, around, bench, defaults):
    """The same configuration twice gives the same results: what differs later, a setting changed."""
    assert defaults(effect, around) == effect(parse(around, "c.yaml"), bench)


@pytest.mark.parametrize("key", CHANGES)
def test_a_setting_changes_what_it_must(key, bench, defaults):
    """Another value than the default gives another result."""
    change = CHANGES[key]
    value = change.value(bench) if callable(change.value) else change.value
    before = defaults(change.effect, text("", None, change.around))
    after = change.effect(configured(key, value, change.around), bench)
    assert before[change.result] != after[change.result]


@pytest.mark.parametrize("key", sorted(NUMBERS.keys() - {"version"}))
def test_a_number_out_of_range_is_refused(key):
    """Below and above its range a number is an error that names its key; NaN is too."""
    bounds = NUMBERS[key]
    assert bounds is not None
    for value in (bounds.low - 1, bounds.high + 1, "nan"):
        with pytest.raises(ConfigError, match=rf"c.yaml:1: {key}: expected"):
            configured(key, value, {})


@pytest.mark.parametrize("key", sorted(NUMBERS.keys() - {"version"}))
def test_the_ends_of_a_range_are_taken_or_refused_by_name(key):
    """The smallest and the largest value are taken as they are, or do not fit others, which is said."""
    for value in (NUMBERS[key].low, NUMBERS[key].high):
        try:
            config = configured(key, value, {})
        except ConfigError as error:
            assert all("expected" in problem for problem in error.problems)  # noqa: PT017 - either way
        else:
            section, _, name = key.partition(".")
            assert math.isclose(getattr(getattr(config, section), name), value)


def test_the_version_decides_what_is_unknown():
    """A file one version newer may hold keys that are not known yet."""
    assert parse("version: 2\nnew: 1\n") == parse("version: 2\n")
    with pytest.raises(ConfigError, match="new: expected a known key"):
        parse("version: 1\nnew: 1\n")
