"""The light and the button on the device itself.

The light is off only while muted; every other state has a rhythm of its own. The button toggles the local
mute, which nothing remote can lift. Without pins in the configuration nothing is imported and nothing
happens.
"""

import logging
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal, Self

from edge.errors import ServiceError
from edge.words import Condition

_log = logging.getLogger(__name__)

Light = Condition | Literal["identify", "aiming"]
BLINK_S: dict[Light, tuple[float, float]] = {
    "nobody": (3.8, 0.2),
    "unmeasurable": (0.8, 0.2),
    "hub_away": (2.0, 2.0),
    "deaf": (0.1, 0.9),
    "degraded": (0.5, 0.5),
    "safe": (0.2, 0.2),
    "identify": (0.05, 0.05),
    "aiming": (0.05, 0.45),
}
"""Seconds on and off; measuring is on, muted is off."""
BOUNCE_S = 0.05


class LocalControl:
    """Drives the light, listens to the button. A context manager; `close` may be called twice.

    `toggle` is called from the button's thread and must not block.
    """

    def __init__(
        self,
        led_pin: int | None,
        button_pin: int | None,
        toggle: Callable[[], None],
        *,
        factory: object = None,
    ) -> None:
        self._led: Any = None
        self._button: Any = None
        self._shown: Light | None = None
        if led_pin is None and button_pin is None:
            return
        gpiozero = _gpiozero()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # one for every kind of GPIO library that is not installed
                if led_pin is not None:
                    self._led = gpiozero.LED(led_pin, pin_factory=factory)
                if button_pin is not None:
                    self._button = gpiozero.Button(button_pin, bounce_time=BOUNCE_S, pin_factory=factory)
            if self._button is not None:
                self._button.when_pressed = lambda _: toggle()
        except (gpiozero.GPIOZeroError, OSError) as error:
            self.close()
            raise ServiceError(
                f"expected usable GPIO pins, got {error}, at service.led_pin, button_pin"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, light: Light) -> None:
        """Set the light; repeats cost nothing."""
        if self._led is None or light == self._shown:
            return
        self._shown = light
        if light == "measuring":
            self._led.on()
        elif light == "muted":
            self._led.off()
        else:
            self._led.blink(*BLINK_S[light])

    def close(self) -> None:
        """Release the pins; the light goes off."""
        for device in (self._led, self._button):
            if device is not None:
                device.close()
        self._led = self._button = None


def local_control(
    led_pin: int | None, button_pin: int | None, toggle: Callable[[], None]
) -> tuple[LocalControl, str]:
    """Return the light and the button; where they cannot be used, neither, and why."""
    try:
        return LocalControl(led_pin, button_pin, toggle), ""
    except ServiceError as error:
        _log.error("without light and button nothing is measured: %s", error)
        return LocalControl(None, None, toggle), str(error)


def _gpiozero() -> ModuleType:
    try:
        import gpiozero  # noqa: PLC0415 - only devices with pins need it
    except ImportError as error:
        raise ServiceError(
            "expected gpiozero for service.led_pin, button_pin, got none: sudo apt install python3-gpiozero"
        ) from error
    library: ModuleType = gpiozero
    return library
