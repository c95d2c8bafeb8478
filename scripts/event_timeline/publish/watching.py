"""Watches the curated files while they are served, and publishes every edit that is sound.

What is read is never in the middle of being written: a change is looked at when the files
have been still for one tick, and dropped if they move while it is read.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from event_timeline.curated.problems import Problem
from event_timeline.database.fill import InputError
from event_timeline.database.integrity import BuildError
from event_timeline.database.rows import Tally
from event_timeline.publish import notices
from event_timeline.publish.build import ChangedError, Stamp, build_if_changed, stamp, stamps
from event_timeline.publish.notices import Notice
from event_timeline.publish.replace import PublishError

TICK_SECONDS = 0.1
# A disk that was full or a database that was locked may be neither the next time.
RETRY_TICKS = 50
# A build that is under way ends sooner; a publication that waits for a lock may not, and
# can be cut off like any other.
STOP_SECONDS = 5


@dataclass(frozen=True)
class Published:
    """An edit is on the site."""

    tally: Tally
    seconds: float


@dataclass(frozen=True)
class Refused:
    """The files have errors; the site is as it was."""

    problems: list[Problem]


@dataclass(frozen=True)
class Failed:
    """The files are right, but the database could not be made or written; says why."""

    message: str


@dataclass(frozen=True)
class Mended:
    """The files are again what the site shows."""


@dataclass(frozen=True)
class NeedsRestart:
    """A file changed that is only read when the server starts."""

    path: Path


News = Published | Refused | Failed | Mended | NeedsRestart


class _StoppedError(Exception):
    """The server ends, and a build with it."""


class Watcher:
    """Looks at the curated files beside one events.csv, tick by tick; `tell` gets the news.

    With `posts`, the pages of the site say what keeps an edit from it.
    """

    def __init__(
        self,
        events_csv: Path,
        database: Path,
        metadata: Path,
        tell: Callable[[News], object],
        *,
        posts: bool,
    ) -> None:
        self._events_csv = events_csv
        self._database = database
        self._metadata = metadata
        self._tell = tell
        self._posts = posts
        self._stopping = threading.Event()
        self._seen: dict[Path, Stamp | None] = {}
        self._handled: dict[Path, Stamp | None] = {}
        self._trouble: Refused | Failed | None = None
        self._ticks_to_retry = 0
        self._metadata_seen = self._metadata_read = stamp(metadata)

    def run(self) -> None:
        """Look ten times a second, until stopped."""
        try:
            while not self._stopping.wait(TICK_SECONDS):
                self.look()
        except _StoppedError:
            pass
        except BaseException:
            self._post(Notice(1, "watching failed: the terminal says why, restart the server"))
            raise

    def stop(self) -> None:
        """End after this tick, and the build that it may have begun."""
        self._stopping.set()

    def look(self) -> None:
        """Take one look: what has changed, and was still since the last one, is handled."""
        self._look_at_metadata()
        now = stamps(self._events_csv)
        still, self._seen = now == self._seen, now
        if still and (now != self._handled or self._is_time_to_retry()):
            self._handled = now
            self._handle()

    def _look_at_metadata(self) -> None:
        now = stamp(self._metadata)
        still, self._metadata_seen = now == self._metadata_seen, now
        if still and now != self._metadata_read:
            self._metadata_read = now
            self._tell(NeedsRestart(self._metadata))

    def _is_time_to_retry(self) -> bool:
        if not isinstance(self._trouble, Failed):
            return False
        self._ticks_to_retry -= 1
        return self._ticks_to_retry <= 0

    def _handle(self) -> None:
        started = time.monotonic()
        try:
            tally = build_if_changed(self._events_csv, self._database, self._go_on)
        except ChangedError:
            self._handled = {}
        except InputError as error:
            errors = [str(problem) for problem in error.problems if problem.level == "error"]
            self._refuse(Refused(error.problems), Notice(len(errors), errors[0]))
        except (BuildError, PublishError) as error:
            self._ticks_to_retry = RETRY_TICKS
            self._refuse(Failed(str(error)), Notice(1, str(error)))
        else:
            self._accept(Published(tally, time.monotonic() - started) if tally else None)

    def _refuse(self, trouble: Refused | Failed, notice: Notice) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._post(notice)
            self._tell(trouble)

    def _accept(self, published: Published | None) -> None:
        news = published or (Mended() if self._trouble else None)
        self._trouble = None
        if news:
            notices.withdraw(self._database)
            self._tell(news)

    def _post(self, notice: Notice) -> None:
        if self._posts:
            notices.post(self._database, notice)

    def _go_on(self, _bytes: int) -> None:
        if self._stopping.is_set():
            raise _StoppedError


@contextmanager
def watching(
    events_csv: Path,
    database: Path,
    metadata: Path,
    tell: Callable[[News], object],
    *,
    posts: bool,
) -> Iterator[None]:
    """Watch the files in a thread for as long as the block takes.

    A fault of ours in it is a traceback on the terminal, as Python has it for threads.
    """
    watcher = Watcher(events_csv, database, metadata, tell, posts=posts)
    thread = threading.Thread(target=watcher.run, name="watching", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stop()
        thread.join(STOP_SECONDS)
        notices.withdraw(database)
