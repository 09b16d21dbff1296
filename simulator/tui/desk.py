"""The desk: where the core works, away from the screen.

Everything that touches the store runs on one thread, since a database connection belongs to one. The encoder and the
scorer are loaded on another, so that browsing never waits for them. The core is imported on these threads, after the
first paint.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from simulator.content.authored import Feedback
    from simulator.content.library import Library, Loaded
    from simulator.content.rubric import Rubric
    from simulator.practice import Material, Practice
    from simulator.records.store import Store
    from simulator.scoring.scorer import Scorer
    from simulator.session import SelfRating
    from simulator.tui.rows import SessionRow, Shelf
    from simulator.tui.work import Reading

P = ParamSpec("P")
T = TypeVar("T")
Loader = Callable[["Loaded[Rubric]", Callable[[int], None]], "Scorer"]
"""Make a scorer for a rubric, telling of exemplars as they are read."""


class Listening:
    """Tell how far getting ready to listen has come; written by the loading thread, read by the screen."""

    def __init__(self) -> None:
        self.total = 0
        """Exemplars to read, where they have to be read first."""
        self.read = 0
        self.scorer: Future[Scorer] = Future()

    @property
    def ready(self) -> bool:
        """Whether a session can start."""
        return self.scorer.done() and self.scorer.exception() is None

    @property
    def error(self) -> Exception | None:
        """Why it came to nothing, if it did."""
        found = self.scorer.exception() if self.scorer.done() else None
        return found if isinstance(found, Exception) else None

    @property
    def failed(self) -> bool:
        """Whether it came to nothing."""
        return self.error is not None

    def words(self) -> str:
        """Say how far it is."""
        if self.failed:
            return "It was not possible to get ready to listen."
        if self.ready:
            return "Ready to listen."
        if self.total and self.read >= self.total:
            return f"Getting ready to listen: learning from {self.total:,} exemplars, this once…"
        if self.total and self.read:
            return f"Getting ready to listen: reading {min(self.read, self.total):,} of {self.total:,} exemplars…"
        return "Getting ready to listen…"


class _LeftError(Exception):
    """Stop loading, since nobody waits for it any more."""


class Desk:
    """Do the core's work on threads of its own; every public method is called from the app's thread."""

    def __init__(
        self,
        database: str | None = None,
        *,
        library: Library | None = None,
        load: Loader | None = None,
        now: Callable[[], str] | None = None,
    ) -> None:
        """Take where sessions are kept; ``load`` and ``now`` replace the loading of the scorer and the clock."""
        self._database = database
        self._library = library
        self._load = load
        self._now = now
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self._listening: dict[str, Listening] = {}
        self._loading = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._closed = False

    async def call(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a task on the thread of the store and return what it returns, or raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(task, *args, **kwargs))

    async def shelf(self) -> Shelf:
        """Read the clients and exercises."""
        return await self.call(self._on_desk, "shelf")

    async def sessions(self) -> list[SessionRow]:
        """List the sessions; raise StoreError."""
        return await self.call(self._on_desk, "sessions")

    async def find(self, name: str) -> Material:
        """Find a client or an exercise with all that it needs; raise ContentError."""
        material: Material = await self.call(self._on_desk, "find", name)
        return material

    async def kept(self, session_id: str) -> Reading:
        """Read a kept session with its content as it was, and its figures; raise StoreError or ContentError."""
        return await self.call(self._on_desk, "reading", session_id)

    async def begin(self, material: Material, seed: int | None, feedback: Feedback | None) -> Practice:
        """Begin a session as soon as the scorer is ready; raise SetupError or StoreError."""
        scorer = await self.scorer(material.rubric)
        return await self.call(self._on_desk, "begin", material, scorer, seed, feedback)

    async def resume(self, reading: Reading) -> Practice:
        """Go on with an open session as soon as the scorer is ready; raise SetupError."""
        scorer = await self.scorer(reading.material.rubric)
        return await self.call(self._on_desk, "resume", reading, scorer)

    async def rate(self, session_id: str, rating: SelfRating) -> None:
        """Keep how the trainee rates a finished session; raise StoreError."""
        await self.call(self._on_desk, "rate", session_id, rating)

    async def scorer(self, rubric: Loaded[Rubric]) -> Scorer:
        """Wait for the scorer of a rubric; raise SetupError."""
        return await asyncio.wrap_future(self.prepare(rubric).scorer)

    def prepare(self, rubric: Loaded[Rubric]) -> Listening:
        """Begin to get a scorer ready, once; tell how far it is."""
        found = self._listening.get(rubric.digest)
        if found is None or found.failed:
            found = self._listening[rubric.digest] = Listening()
            # From here on it cannot be cancelled: a screen that stops waiting does not take it from the others.
            found.scorer.set_running_or_notify_cancel()
            # A daemon: leaving the app does not wait for a model to load.
            thread = threading.Thread(target=self._get_ready, args=(rubric, found), name="listening", daemon=True)
            self._threads.append(thread)
            thread.start()
        return found

    def still_loading(self, patience: float) -> bool:
        """Tell whether something is still being loaded after waiting for so many seconds."""
        for thread in self._threads:
            thread.join(patience)
        return any(thread.is_alive() for thread in self._threads)

    async def close(self) -> None:
        """Finish what is under way, close the store on its own thread, and give up what is being loaded."""
        self._closed = True
        await self.call(self._close)
        self._thread.shutdown(wait=False)

    # On the thread of the store.

    def _on_desk(self, name: str, *args: Any) -> Any:
        from simulator.tui import work

        return getattr(work, name)(self, *args)

    @property
    def library(self) -> Library:
        """The library of authored content; on the desk's thread."""
        if self._library is None:
            from simulator.content.library import Library

            self._library = Library()
        return self._library

    @property
    def store(self) -> Store:
        """The store, opened when first asked for, on the desk's thread; raises StoreError, and tries again next time."""
        if self._store is None:
            from simulator import paths
            from simulator.records.store import Store

            self._store = Store(self._database or paths.database_url())
        return self._store

    @property
    def now(self) -> Callable[[], str]:
        """The clock; on the desk's thread."""
        if self._now is None:
            from simulator.practice import clock

            self._now = clock
        return self._now

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    # On the thread that loads.

    def _get_ready(self, rubric: Loaded[Rubric], listening: Listening) -> None:
        from simulator.tui import work

        def progress(read: int) -> None:
            if self._closed:
                raise _LeftError
            listening.read += read

        try:
            with self._loading:
                if self._load is None:
                    self._load = work.loader()
                listening.total = work.exemplars(rubric)
                scorer = self._load(rubric, progress)
        except Exception as error:
            # Whoever waits for the scorer gets the error; nobody else must be stopped by it.
            listening.scorer.set_exception(error)
        else:
            listening.scorer.set_result(scorer)
