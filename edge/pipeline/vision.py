"""The engine as the service has it: where models are refused the service goes on and reports why."""

import logging
import time

from edge.config import Config
from edge.errors import EdgeError
from edge.missing import together
from edge.pipeline.engine import Engine
from edge.pipeline.lately import Lately
from edge.plain import Json

RETRY_S = 60.0
"""How often rejected models are tried again; they may have been fetched again in the meantime."""

_log = logging.getLogger(__name__)


class Vision:
    """The engine, or the reason why there is none: MQTT stays up, the camera closed."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.engine: Engine | None = None
        self._refused = ""
        self._load()

    @property
    def degraded(self) -> str:
        """Why there is no engine, or why a model of it runs on the CPU; empty when all is well."""
        return self._refused if self.engine is None else self.engine.degraded

    @property
    def problems(self) -> tuple[str, ...]:
        """What the pictures show to be wrong with the configuration."""
        return (self.engine.problem,) if self.engine is not None and self.engine.problem else ()

    def retry(self, *, asked: bool) -> None:
        """Load refused models again, if asked for or if it is time."""
        if self.engine is None and (asked or time.monotonic() - self._tried_s >= RETRY_S):
            self._load()

    def wipe(self) -> None:
        """Overwrite and drop everybody (mute)."""
        if self.engine is not None:
            self.engine.wipe()

    @property
    def steps(self) -> int:
        """Steps of the correlator's grid so far; 0 without an engine."""
        return 0 if self.engine is None else self.engine.signals.steps

    def stage_ms(self, q: float) -> dict[str, float]:
        """Quantile q (0..1) of every stage of a frame, ms."""
        return {} if self.engine is None else self.engine.watch.quantile_ms(q)

    def missing(self) -> dict[str, float]:
        """Shares of everybody's time that were not measurable lately, by reason, 0..1."""
        return {} if self.engine is None else together(self.engine.signals.views.seen())

    @property
    def lately(self) -> Lately:
        """What the last pictures showed."""
        return Lately() if self.engine is None else self.engine.signals.lately

    def health(self) -> Json:
        """Return what runs where, for the health message."""
        model = None if self.engine is None else self.engine.mesh.model
        return {
            "backend": "none" if model is None else model.accelerator,
            "model": "none" if model is None else f"{model.variant}@sha256:{model.sha256[:12]}",
            "degraded": self.degraded,
        }

    def _load(self) -> None:
        self._tried_s = time.monotonic()
        try:
            self.engine = Engine(self._config, cameras=self._config.views)
        except (EdgeError, ValueError, MemoryError) as error:  # whatever it is, the hub must stay reachable
            reason = str(error) or "not enough memory for the measures"
            if reason != self._refused:
                _log.error("nothing is measured: %s", reason)
            self._refused = reason
            return
        if self._refused:
            _log.warning("the models are good again")
