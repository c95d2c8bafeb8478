"""The command line: options, messages and exit codes. Other modules do the work."""

import datetime
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from edtf_dates import explain
from event_timeline import __version__, new_event
from event_timeline.checks.checker import check as check_files
from event_timeline.checks.checker import in_order
from event_timeline.curated.cells import CellError, parse_edtf
from event_timeline.curated.columns import FILES
from event_timeline.curated.files import write_file
from event_timeline.curated.formatting import Formatted, format_files
from event_timeline.curated.problems import InputError, Problem
from event_timeline.database.integrity import BuildError
from event_timeline.history import changes
from event_timeline.history.git import HistoryError
from event_timeline.history.lost_ids import find_lost
from event_timeline.history.rendering import render_markdown, render_text
from event_timeline.history.sides import SideError, read_sides
from event_timeline.publish import comparison, serving, watching
from event_timeline.publish.build import build, build_if_changed
from event_timeline.publish.export import export_sqlite
from event_timeline.publish.replace import PublishError

_events_csv = click.argument(
    "events_csv", type=click.Path(path_type=Path), default="events.csv", metavar="[EVENTS_CSV]"
)
_database = click.argument(
    "database", type=click.Path(path_type=Path), default="events.db", metavar="[DB]"
)

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.version_option(__version__)
def cli() -> None:
    """Check, build and serve a chronology kept in CSV files."""
    # A terminal without a letter shows its number, and no command fails because of it.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@cli.command()
@_events_csv
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print the problems: a line each, or one JSON array.",
)
@click.option(
    "--against",
    metavar="REVISION",
    default="",
    help="The git revision whose ids must still be there.  "
    "[default: the last commit and its first parent]",
)
def check(events_csv: Path, style: str, against: str) -> None:
    """Check EVENTS_CSV and the files in data/ beside it.

    Every problem is printed with its line and what to do. In a git repository, an id that
    was committed and is gone is one, unless data/withdrawn.csv has it. Exits with 1 if there
    are errors; warnings alone do not fail.
    """
    try:
        lost = find_lost(events_csv, against)
    except HistoryError as error:
        raise click.ClickException(str(error)) from error
    problems = check_files(events_csv, datetime.datetime.now().astimezone().date())
    problems = in_order([*problems, *lost.problems], events_csv)
    for note in lost.notes:
        click.echo(f"Note: {note}", err=True)
    if style == "json":
        click.echo(json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=2))
    else:
        _echo_problems(problems, err=False)
        click.echo(_verdict(problems), err=True)
    sys.exit(1 if _errors(problems) else 0)


@cli.command()
@click.argument("old")
@click.argument("new")
@click.option("--markdown", is_flag=True, help="Write Markdown, for a pull request.")
def diff(old: str, new: str, markdown: bool) -> None:
    """Say what changed in the curated files from OLD to NEW, by row and field.

    Each is a folder, an events.csv or a git revision: `diff HEAD~1 .`; what is there as a
    file is no revision. Exits with 0 whatever changed, with 1 if there is nothing to compare.
    """
    try:
        sides = read_sides(old, new)
    except SideError as error:
        raise click.ClickException(str(error)) from error
    render = render_markdown if markdown else render_text
    click.echo(render(*sides, changes.compare(*sides)))


@cli.command()
@_events_csv
@click.option("--check", "only_check", is_flag=True, help="Change nothing; print the differences.")
def fmt(events_csv: Path, only_check: bool) -> None:
    """Put EVENTS_CSV and the files in data/ beside it into canonical form.

    Order, quoting, spacing, line ends. A file that cannot be read whole is left as it is.
    With --check, exits with 1 if a file is not canonical.
    """
    changed = failed = False
    for formatted in format_files(events_csv):
        if formatted.problems:
            failed = True
            _echo_problems(formatted.problems)
            click.echo(f"{formatted.path}: left as it is, correct these first", err=True)
        elif formatted.after != formatted.before:
            changed = True
            if only_check:
                click.echo(formatted.diff(), nl=False)
            else:
                _write_formatted(formatted)
    sys.exit(1 if failed or (only_check and changed) else 0)


def _write_formatted(formatted: Formatted) -> None:
    try:
        write_file(formatted.path, formatted.after)
    except OSError as error:
        _fail(f"{formatted.path}: cannot be written ({error.strerror}): it is as it was")
    click.echo(f"{formatted.path}: formatted")


@cli.command()
@_events_csv
def new(events_csv: Path) -> None:
    """Ask for an event and add it to EVENTS_CSV, checked and in its place.

    Interrupted with Ctrl-C, it prints the row so far.
    """
    try:
        event_id = new_event.add_event(events_csv, _ask)
    except new_event.EntryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{events_csv}: added {event_id}; run event-timeline check")


def _ask(question: str, check_answer: Callable[[str], str]) -> str:
    """Ask until the answer is accepted; say what is wrong with one that is not."""

    def convert(text: str) -> str:
        try:
            return check_answer(text.strip())
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    try:
        answer: str = click.prompt(question, default="", show_default=False, value_proc=convert)
    except click.Abort as error:
        click.echo(err=True)  # After Ctrl-C the cursor is still in the line of the question.
        raise new_event.BrokenOffError from error
    return answer


@cli.command(name="build")
@_events_csv
@_database
def build_command(events_csv: Path, database: Path) -> None:
    """Build DB from EVENTS_CSV and the files in data/ beside it.

    The database is made aside, verified, and only then put in place; after an error
    the old one is as it was.
    """
    started = time.monotonic()
    try:
        with _progress(events_csv) as advance:
            built = build(events_csv, database, advance)
    except InputError as error:
        _echo_problems(error.problems)
        _fail(f"{database} was not built: {_verdict(error.problems)}")
    except (BuildError, PublishError) as error:
        raise click.ClickException(str(error)) from error
    _echo_problems(built.warnings)
    click.echo(f"{database}: {built.summary()}, in {time.monotonic() - started:.2f} s")


@cli.command()
@_events_csv
@_database
def verify(events_csv: Path, database: Path) -> None:
    """Compare DB with EVENTS_CSV and the files in data/ beside it, row by row.

    They are built aside, and what DB has otherwise is printed. Exits with 1 if anything
    differs. How often DB was published does not count.
    """
    try:
        with _progress(events_csv) as advance:
            differences = comparison.compare(
                database, lambda fresh: build(events_csv, fresh, advance)
            )
    except InputError as error:
        _echo_problems(error.problems)
        _fail(f"{database} was not compared: {_verdict(error.problems)}")
    except (BuildError, PublishError, comparison.ComparisonError) as error:
        raise click.ClickException(str(error)) from error
    for difference in differences:
        click.echo(difference)
    if differences:
        _fail(f"{database} does not agree with the files: build it again")
    click.echo(f"{database}: agrees with the files, row by row", err=True)


def _progress(events_csv: Path) -> AbstractContextManager[Callable[[int], object] | None]:
    """Give a function that moves a progress bar by bytes of events.csv; None without a terminal."""
    if not sys.stderr.isatty() or not events_csv.is_file():
        return nullcontext()
    return _ProgressBar(events_csv.stat().st_size)


class _ProgressBar:
    def __init__(self, length: int) -> None:
        self._bar: Any = click.progressbar(length=length, label="Building", file=sys.stderr)

    def __enter__(self) -> Callable[[int], object]:
        advance: Callable[[int], object] = self._bar.__enter__().update
        return advance

    def __exit__(self, *error: object) -> None:
        self._bar.__exit__(*error)


@cli.command()
@_events_csv
@_database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    "-p",
    type=click.IntRange(1, 65_535),
    default=8001,
    show_default=True,
    help="Port to listen on.",
)
@click.option(
    "--metadata",
    "-m",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Datasette metadata.  [default: metadata.yml beside EVENTS_CSV]",
)
@click.option(
    "--base-url",
    metavar="PREFIX",
    default="/",
    show_default=True,
    help="Where the site begins on its host, such as /history/.",
)
@click.option("--public", is_flag=True, help="For a site that is public: visitors run no SQL.")
@click.option("--allow-sql", is_flag=True, help="With --public: visitors run SQL all the same.")
@click.option("--watch", is_flag=True, help="Publish every edit without errors meanwhile.")
def serve(
    events_csv: Path,
    database: Path,
    host: str,
    port: int,
    metadata: Path | None,
    base_url: str,
    public: bool,
    allow_sql: bool,
    watch: bool,
) -> None:
    """Build DB if the files have changed, and serve it with Datasette."""
    with _failing_in_words(database):
        built = build_if_changed(events_csv, database)
        metadata = metadata or serving.metadata_beside(events_csv)
        serving.check_port(host, port)
        site = serving.make_site(
            database,
            metadata,
            base_url=serving.parse_base_url(base_url),
            default_allow_sql=allow_sql or not public,
        )
    if built:
        _echo_problems(built.warnings)
        click.echo(f"{database}: {built.summary()}")
    if not serving.has_charts():
        click.echo("There are no charts: pip install datasette-vega adds them", err=True)
    from event_timeline.publish.http_server import run

    click.echo(f"Serving at {serving.address(host, port, site)} (Ctrl-C stops it)")
    shows_banner = serving.is_loopback(host) and not public
    with (
        _watching(events_csv, database, metadata, shows_banner=shows_banner)
        if watch
        else nullcontext()
    ):
        run(site.app(), host, port)


@contextmanager
def _failing_in_words(database: Path) -> Iterator[None]:
    """Say why what is done here does not build or serve a database, and end."""
    try:
        yield
    except InputError as error:
        _echo_problems(error.problems)
        _fail(f"{database} was not built: {_verdict(error.problems)}")
    except serving.ServeError as error:
        raise click.ClickException(str(error)) from error
    except (BuildError, PublishError) as error:
        raise click.ClickException(serving.what_to_do(error, database)) from error


def _watching(
    events_csv: Path, database: Path, metadata: Path | None, *, shows_banner: bool
) -> AbstractContextManager[None]:
    return watching.watching(
        events_csv,
        database,
        metadata or events_csv.parent / "metadata.yml",
        partial(build_if_changed, events_csv, database),
        lambda: find_lost(events_csv).problems,
        partial(_echo_outcome, database),
        # Only the curator should read of problems in the files, not every visitor.
        show_banner=shows_banner,
    )


def _echo_outcome(database: Path, outcome: watching.Outcome) -> None:
    match outcome:
        case watching.Published(built, seconds):
            _echo_problems(built.warnings)
            click.echo(f"{database}: {built.summary()}, in {seconds:.2f} s")
        case watching.HasErrors(problems):
            _echo_problems(problems)
            click.echo(f"{database} is as it was: {_verdict(problems)}", err=True)
        case watching.Failed(message):
            click.echo(f"Error: {message}", err=True)
        case watching.Held():
            click.echo(f"{database} is as it was: {outcome}", err=True)
        case watching.UpToDate():
            click.echo(f"{database}: it agrees with the files again", err=True)
        case watching.NeedsRestart(path):
            click.echo(f"{path} changed: restart to see it", err=True)


@cli.group()
def export() -> None:
    """Write the chronology in another form."""


@export.command()
@_database
@click.argument("target", type=click.Path(path_type=Path), metavar="PATH")
def sqlite(database: Path, target: Path) -> None:
    """Write DB to PATH as one file for read-only media and `datasette -i`."""
    try:
        export_sqlite(database, target)
    except PublishError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target}: written; serve it with datasette -i {target} -m metadata.yml")


# A year BCE begins with a hyphen, like an option.
@cli.command(name="index")
@click.argument("database", type=_file, metavar="DB")
@click.argument("table")
@click.argument("columns", nargs=-1, metavar="[COLUMN]...")
@click.option("--metadata", "-m", type=_file, default=None, help="Datasette metadata.")
def index_command(
    database: Path, table: str, columns: tuple[str, ...], metadata: Path | None
) -> None:
    """Write an index of TABLE beside DB, so that the timeline of a large table is quick.

    COLUMNs are those by which events will be chosen. The index is no part of DB. Write it again
    when DB has changed: until then it is not used.
    """
    # Imported here, because the other commands start three times as fast without it.
    from event_timeline.publish.indexing import IndexingError, write_index

    try:
        given = serving.read_metadata(metadata) if metadata else None
        written = write_index(database, table, columns, given)
    except (IndexingError, serving.ServeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{written} has been written")


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
def date(texts: tuple[str, ...]) -> None:
    """Say what EDTF dates mean.

    In words, and by the days on which each can have begun and ended. Exits with 1 if one
    of them is not EDTF.
    """
    failed = False
    for text in texts:
        try:
            click.echo(explain.render_date(parse_edtf(text)))
        except CellError as error:
            failed = True
            click.echo(f"Error: {error}", err=True)
    sys.exit(1 if failed else 0)


def _errors(problems: Iterable[Problem]) -> int:
    return sum(problem.level == "error" for problem in problems)


def _echo_problems(problems: Iterable[Problem], *, err: bool = True) -> None:
    """Print a line each, the errors before the warnings."""
    for problem in sorted(problems, key=lambda problem: problem.level):
        click.echo(str(problem), err=err)


def _verdict(problems: list[Problem]) -> str:
    levels = Counter(problem.level for problem in problems)
    counts = [f"{n} {level}{'' if n == 1 else 's'}" for level, n in sorted(levels.items())]
    return ", ".join(counts) or f"no problems in the {len(FILES)} curated files"


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
