"""The light and the button, on gpiozero's mock pins."""

import sys
import threading
import warnings

import pytest

from edge.errors import ServiceError
from edge.service import LocalControl
from tests.publish.broker import until

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from gpiozero.pins.mock import MockFactory


@pytest.fixture
def pins():
    """Return mock pins and release them."""
    factory = MockFactory()
    yield factory
    factory.close()


def test_the_light_shows_the_state(pins):
    """On = measuring, off = muted, blinking = degraded or deaf, and off again at the end."""
    pin = pins.pin(17)
    with LocalControl(17, None, lambda: None, factory=pins) as control:
        states = []
        for light in ("measuring", "muted", "measuring", "measuring"):
            control.show(light)
            states.append(pin.state)
        for light in ("degraded", "deaf"):
            pin.clear_states()
            control.show(light)
            until(lambda: len(pin.states) >= 3)
    assert states == [True, False, True, True]
    control.close()
    control.show("measuring")


def test_the_button_toggles(pins):
    """Pressing the button to ground calls the toggle once."""
    pressed = threading.Event()
    with LocalControl(None, 27, pressed.set, factory=pins):
        assert not pressed.is_set()
        pins.pin(27).drive_low()
        assert pressed.wait(5)


def test_without_pins_nothing_is_imported(monkeypatch):
    """Devices without light and button need no GPIO library."""
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    with LocalControl(None, None, lambda: None) as control:
        control.show("measuring")
    with pytest.raises(ServiceError, match="got none: sudo apt install python3-gpiozero"):
        LocalControl(17, None, lambda: None)


def test_a_pin_used_twice_is_an_error(pins):
    """A pin that cannot be had is one clear error, and what was taken is given back."""
    with (
        LocalControl(17, None, lambda: None, factory=pins),
        pytest.raises(ServiceError, match=r"expected usable GPIO pins, got .* at service.led_pin"),
    ):
        LocalControl(17, None, lambda: None, factory=pins)
