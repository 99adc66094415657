"""What the building may ask of the device beside the mute: reload, restart, identify, hear."""

from edge.pipeline.requests import Requests
from edge.plain import Json

NAMES = ("reload", "restart", "identify", "hear")
IDENTIFY_S = 10.0
EXIT_RESTART = 75  # EX_TEMPFAIL; after 0, the end of a recording, the unit starts nothing again
RESTART_S = 120.0  # five in ten minutes: after eight systemd would start the service no more


class Commands:
    """Carries them out, on the publisher's thread; times are monotonic."""

    def __init__(self, requests: Requests, now_s: float, *, has_light: bool) -> None:
        self._requests, self._has_light, self._started_s = requests, has_light, now_s
        self._until_s = now_s

    def obey(self, name: str, now_s: float) -> Json:
        """Carry one out; return the answer."""
        refusal = self._refusal(name, now_s)
        if refusal:
            return {"ok": False, "error": refusal}
        if name == "reload":
            self._requests.reload()
        elif name == "identify":
            self._until_s = now_s + IDENTIFY_S
        elif name == "restart":
            self._requests.stop(EXIT_RESTART)
        return {"ok": True}

    def identifying(self, now_s: float) -> bool:
        """Return whether the light is to show which device this is."""
        return now_s < self._until_s

    def _refusal(self, name: str, now_s: float) -> str:
        age_s = now_s - self._started_s
        if name not in NAMES:
            return f"expected the command {', '.join(NAMES)}, got {name!r}"
        if name == "identify" and not self._has_light:
            return "expected a light at service.led_pin, got none"
        if name == "restart" and age_s < RESTART_S:
            return f"expected {RESTART_S:g} s between two restarts, got a start {age_s:.0f} s ago"
        return ""
