"""Watches the curated files while they are served, and publishes every edit without errors.

Files are read once they have not changed for one tick. If they change while they are read,
what was read is dropped, and they are read again. If the site has rows that they lack, they
may be half written: then they are published when they have not changed for STILL_TICKS and git
has no ids that are lost.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from event_timeline.curated.problems import InputError, Problem
from event_timeline.database.integrity import BuildError
from event_timeline.publish import banner
from event_timeline.publish.banner import Banner
from event_timeline.publish.built import Built
from event_timeline.publish.gone_rows import lacks_rows
from event_timeline.publish.inputs import ChangedError, Stamp, stamp, stamps
from event_timeline.publish.replace import PublishError

TICK_SECONDS = 0.1
# An editor that writes a long file in place pauses for less than this.
STILL_TICKS = 20
# After a full disk or a locked database: the next attempt may succeed.
RETRY_TICKS = 50
# A running build ends sooner than this. A publication that waits for a lock may not; it can be
# interrupted like any other.
STOP_SECONDS = 5


@dataclass(frozen=True)
class Published:
    """An edit is on the site."""

    built: Built
    seconds: float


@dataclass(frozen=True)
class HasErrors:
    """The files have errors; the site is as it was."""

    problems: list[Problem]


@dataclass(frozen=True)
class Failed:
    """The files have no errors, but the database could not be made or written; says why."""

    message: str


@dataclass(frozen=True)
class Held:
    """Rows of the site are gone from the files, which may be half written; it is as it was."""

    def __str__(self) -> str:
        return (
            "rows of the site are not in the files any more; if that is meant, wait: the edit "
            f"is published when the files have not changed for {STILL_TICKS * TICK_SECONDS:g} s"
        )


@dataclass(frozen=True)
class UpToDate:
    """After errors, a failure or a wait: the files are again what the site shows."""


@dataclass(frozen=True)
class NeedsRestart:
    """A file changed that is only read when the server starts."""

    path: Path


Outcome = Published | HasErrors | Failed | Held | UpToDate | NeedsRestart

# Builds the database if the files have changed. It calls the given function from time to time
# with a number of bytes, and the second one with the database before it is put in place; what
# they raise ends the build.
Rebuild = Callable[[Callable[[int], object], Callable[[Path], object]], Built | None]

FindLost = Callable[[], list[Problem]]


class _StoppedError(Exception):
    """The server ends, and with it the build that is running."""


class _HeldError(Exception):
    """The build lacks rows of the site, and the files have not been still for long."""


class Watcher:
    """Looks at the curated files beside one events.csv, tick by tick.

    `rebuild` builds the database from them, `find_lost` returns the problems of ids that git has
    and they lack, `report` is called with every outcome. With `show_banner`, the pages of the
    site say what keeps an edit from it.
    """

    def __init__(
        self,
        events_csv: Path,
        database: Path,
        metadata: Path,
        rebuild: Rebuild,
        find_lost: FindLost,
        report: Callable[[Outcome], object],
        *,
        show_banner: bool,
    ) -> None:
        self._events_csv = events_csv
        self._database = database
        self._metadata = metadata
        self._rebuild = rebuild
        self._find_lost = find_lost
        self._report = report
        self._show_banner = show_banner
        self._stopping = threading.Event()
        self._seen: dict[Path, Stamp | None] = {}
        self._handled: dict[Path, Stamp | None] = {}
        self._still_ticks = 0
        self._trouble: HasErrors | Failed | Held | None = None
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
            self._show(Banner(1, "watching failed: the terminal says why, restart the server"))
            raise

    def stop(self) -> None:
        """End after this tick, and end the build that it may have begun."""
        self._stopping.set()

    def look(self) -> None:
        """Take one look: handle what has changed, and has not changed again since the last one."""
        self._look_at_metadata()
        # A database that is removed is made again.
        there: Stamp | None = () if self._database.exists() else None
        now = {**stamps(self._events_csv), self._database: there}
        self._still_ticks = self._still_ticks + 1 if now == self._seen else 0
        self._seen = now
        if self._still_ticks and (now != self._handled or self._is_time_to_retry()):
            self._handled = now
            self._handle()

    def _look_at_metadata(self) -> None:
        now = stamp(self._metadata)
        still, self._metadata_seen = now == self._metadata_seen, now
        if still and now != self._metadata_read:
            self._metadata_read = now
            self._report(NeedsRestart(self._metadata))

    def _is_time_to_retry(self) -> bool:
        if not isinstance(self._trouble, Failed | Held):
            return False
        self._ticks_to_retry -= 1
        return self._ticks_to_retry <= 0

    def _handle(self) -> None:
        started = time.monotonic()
        try:
            built = self._rebuild(self._check_running, self._check_rows)
        except ChangedError:
            self._handled = {}
        except InputError as error:
            errors = [str(problem) for problem in error.problems if problem.level == "error"]
            self._keep_old(HasErrors(error.problems), Banner(len(errors), errors[0]))
        except _HeldError:
            self._ticks_to_retry = STILL_TICKS - self._still_ticks
            self._keep_old(Held(), Banner(1, str(Held())))
        except (BuildError, PublishError) as error:
            self._ticks_to_retry = RETRY_TICKS
            self._keep_old(Failed(str(error)), Banner(1, str(error)))
        else:
            self._accept(Published(built, time.monotonic() - started) if built else None)

    def _check_rows(self, fresh: Path) -> None:
        """Raise an exception if rows of the site are gone, unless that is certainly meant."""
        if not lacks_rows(fresh, self._database):
            return
        if self._still_ticks < STILL_TICKS:
            raise _HeldError
        if lost := self._find_lost():
            raise InputError(lost)

    def _keep_old(self, trouble: HasErrors | Failed | Held, message: Banner) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._show(message)
            self._report(trouble)

    def _accept(self, published: Published | None) -> None:
        outcome = published or (UpToDate() if self._trouble else None)
        self._trouble = None
        if outcome:
            banner.hide(self._database)
            self._report(outcome)

    def _show(self, message: Banner) -> None:
        if self._show_banner:
            banner.show(self._database, message)

    def _check_running(self, _bytes: int) -> None:
        if self._stopping.is_set():
            raise _StoppedError


@contextmanager
def watching(
    events_csv: Path,
    database: Path,
    metadata: Path,
    rebuild: Rebuild,
    find_lost: FindLost,
    report: Callable[[Outcome], object],
    *,
    show_banner: bool,
) -> Iterator[None]:
    """Run a Watcher in a thread for as long as the block takes.

    An exception in it is a traceback on the terminal, as Python prints it for threads.
    """
    watcher = Watcher(
        events_csv, database, metadata, rebuild, find_lost, report, show_banner=show_banner
    )
    thread = threading.Thread(target=watcher.run, name="watching", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stop()
        thread.join(STOP_SECONDS)
        banner.hide(database)
