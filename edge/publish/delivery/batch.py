"""When the store writes: late, because what is acknowledged at once never needs the disk."""

from dataclasses import dataclass, field

from edge.publish.clock import Clock
from edge.publish.delivery.pace import Pace
from edge.publish.durable.store import Store

BATCH_ROWS = 64
_NS = 1_000_000_000


@dataclass(slots=True)
class Batch:
    """Commits a store's rows together."""

    store: Store
    clock: Clock
    pace: Pace
    _at_ns: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the time since the start."""
        self._at_ns = self.clock.mono_ns()

    def commit(self) -> None:
        """Write now."""
        self.store.commit()
        self._at_ns = self.clock.mono_ns()

    def commit_if_due(self, on_way: int, window: int) -> None:
        """Write when a young row was not acknowledged in time, or too many rows would come again."""
        store, now_ns, batch_ns = self.store, self.clock.mono_ns(), int(self.pace.batch_s * _NS)
        waited = now_ns - self._at_ns >= batch_ns
        if store.mode == "memory" and not waited:
            return
        full_window = store.undeleted and store.undeleted + on_way >= window
        late = store.staged and now_ns - store.staged_since_ns >= batch_ns
        stale = store.undeleted and waited
        if full_window or late or stale or store.staged >= BATCH_ROWS:
            self.commit()
