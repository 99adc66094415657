"""One model on several threads, an instance each: what is to be done in one moment is done side by side.

Every instance runs the same graph on one thread of its own, so a result does not depend on who worked it out.
"""

import math
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from statistics import median
from typing import Generic, TypeVar

from edge.tflite.model import Model

PATIENCE_S = 0.002  # an instance kept off its core for longer is not waited for; a face takes .4 to 1.3 ms

TRIALS, WORTH = 60, 0.75  # runs of each instance at the start, at most; share of time worth the memory
LATELY_N, TRY_EVERY = 15, 30  # runs of an instance, of which the median counts; calls between two trials

Item = TypeVar("Item")
Result = TypeVar("Result")
Inbox = SimpleQueue[Callable[[Model], None] | None]


class Crew:
    """Instances of a model; the first works on the caller's thread."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = tuple(models)
        """The instances, the caller's first."""
        self._own, *others = models
        self._inboxes: list[Inbox] = [SimpleQueue() for _ in others]
        for model, inbox in zip(others, self._inboxes, strict=True):
            threading.Thread(target=_serve, args=(model, inbox), name="model", daemon=True).start()
        weakref.finalize(self, _dismiss, self._inboxes)

    def map(self, work: Callable[[Model, Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return what `work` makes of each item, in their order; it may run twice on the same item."""
        job = _Job(work, items)
        for inbox in self._inboxes[: len(items) - 1]:
            inbox.put(job.help)
        job.help(self._own)
        while not job.done.wait(PATIENCE_S):
            job.help_out(self._own)
        return job.results()

    def wipe(self) -> None:
        """Overwrite what every instance holds, once those still at work have ended."""
        emptied = threading.Semaphore(0)

        def empty(model: Model) -> None:
            try:
                model.wipe()
            finally:
                emptied.release()

        for inbox in self._inboxes:
            inbox.put(empty)
        self._own.wipe()
        for _ in self._inboxes:
            emptied.acquire()


class Quickest:
    """Instances with different numbers of threads: the one that was quickest lately works.

    Which one that is changes with what else runs on the cores, a search for faces before all; the result is
    the same.
    """

    def __init__(self, models: Sequence[Model], clock: Callable[[], float] = time.perf_counter) -> None:
        self._models, self._clock = models, clock
        self._lately = {beside: _Lately(len(models)) for beside in (False, True)}

    def run(self, work: Callable[[Model, Item], Result], item: Item, *, beside: bool = False) -> Result:
        """Return what `work` makes of an item, which may be done beside a search."""
        lately = self._lately[beside]
        at = lately.choose()
        start_s = self._clock()
        result = work(self._models[at], item)
        lately.note(at, self._clock() - start_s)
        return result

    def wipe(self) -> None:
        """Overwrite what every instance holds."""
        for model in self._models:
            model.wipe()


class _Lately:
    """How long each of some instances took."""

    def __init__(self, count: int) -> None:
        self._took_s: list[deque[float]] = [deque(maxlen=LATELY_N) for _ in range(count)]
        self._typical_s = [0.0] * count
        self._turn = 0

    def choose(self) -> int:
        """Take the quickest, the untried first; now and then each in turn."""
        self._turn += 1
        turn, rest = divmod(self._turn, TRY_EVERY)
        return self._typical_s.index(min(self._typical_s)) if rest else turn % len(self._typical_s)

    def note(self, at: int, took_s: float) -> None:
        """Note how long one took."""
        self._took_s[at].append(took_s)
        self._typical_s[at] = median(self._took_s[at])


def worthwhile(model: Model, threads: int) -> list[Model]:
    """Return the model and, if it is clearly quicker on this machine, an instance with more threads."""
    if threads == 1:
        return [model]
    wide = model.twin(threads)
    single_s = wide_s = math.inf
    for _ in range(TRIALS):  # other programs that start at the same time hold it up for a while
        single_s, wide_s = min(single_s, _duration_s(model)), min(wide_s, _duration_s(wide))
        if wide_s < WORTH * single_s:
            return [model, wide]
    return [model]


def _duration_s(model: Model) -> float:
    start_s = time.perf_counter()
    model.run()
    return time.perf_counter() - start_s


class _Job(Generic[Item, Result]):
    """Items of one moment; whoever has time takes the next."""

    def __init__(self, work: Callable[[Model, Item], Result], items: Sequence[Item]) -> None:
        self._work, self._items = work, items
        self._open = deque(range(len(items)))
        self._found: dict[int, Result] = {}
        self._error: Exception | None = None
        self.done = threading.Event()
        """Set once every item has its result, or one has failed."""

    def help(self, model: Model) -> None:
        """Work on items until none is open."""
        while self._open and not self.done.is_set():
            try:
                at = self._open.popleft()
            except IndexError:  # another thread was faster
                break
            self._do(at, model)
        if len(self._found) == len(self._items):
            self.done.set()

    def help_out(self, model: Model) -> None:
        """Work on an item that somebody else has taken and not finished."""
        for at in range(len(self._items)):
            if at not in self._found:
                self._do(at, model)
        self.help(model)

    def results(self) -> list[Result]:
        """Return the results in the items' order; raises what `work` has raised."""
        if self._error is not None:
            raise self._error
        return [self._found[at] for at in range(len(self._items))]

    def _do(self, at: int, model: Model) -> None:
        try:
            self._found[at] = self._work(model, self._items[at])
        except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
            self._error = error
            self.done.set()


def _serve(model: Model, inbox: Inbox) -> None:
    """Do what comes until dismissed; between two tasks nothing of a frame is held."""
    while (task := inbox.get()) is not None:
        task(model)
        del task


def _dismiss(inboxes: list[Inbox]) -> None:
    for inbox in inboxes:
        inbox.put(None)
