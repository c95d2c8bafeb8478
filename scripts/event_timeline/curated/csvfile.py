"""Reads curated CSV files strictly, and writes them in canonical form.

The form is a stricter RFC 4180: UTF-8 without a byte order mark, lines end in LF, cells are
separated by commas, a row is one line, the header has every column of columns.py in order,
and a cell is quoted only if it has to be. So a diff shows changes of the data and nothing else.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from edtf_dates.quoting import shorten
from event_timeline.curated.columns import CuratedFile
from event_timeline.curated.problems import Problem
from event_timeline.curated.records import Row
from event_timeline.curated.spelling import nearest

MAX_LINE_BYTES = 1_000_000
MAX_CELL = 20_000
# Each name in a header is compared with all columns; a header of more names is refused.
_MOST_COLUMNS = 1_000
# A quoted cell of more lines than this is an unclosed quote.
_MAX_BROKEN_LINES = 20

# The separators that are read, with their names; only the first is canonical.
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class _Line(NamedTuple):
    number: int
    text: str


class _UnreadableError(Exception):
    """The rest of the file cannot be read; the problem has been reported."""


class Reader:
    """Reads one curated file; calls `report` with every problem.

    `name` is the name of the file in messages. When the rows have been read, `missing` has
    the columns that the header lacks, `readable` is False if reading had to stop, and
    `whole` is False if it had to stop or a row could not be read.

    A file with semicolons or tabs between its cells is read too, and reported as fixable.
    """

    def __init__(
        self,
        stream: BinaryIO,
        curated: CuratedFile,
        name: str,
        report: Callable[[Problem], object],
    ) -> None:
        self._stream = stream
        self._curated = curated
        self._name = name
        self._report = report
        # _split limits the length of cells.
        csv.field_size_limit(MAX_LINE_BYTES)
        # If two names are equal when folded, the first one counts.
        self._folded = {_fold(name): name for name in reversed(curated.names)}
        self.missing: set[str] = set()
        self.readable = True
        self.whole = True
        self._separator = ","
        self._header: list[str] = []
        self._crlf_lines = 0
        self._cr_lines = 0
        self._empty: list[int] = []
        self._wide: list[int] = []
        self._lines = self._read_lines()
        self._pushed_back: list[_Line] = []

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be read, in the order of the file."""
        try:
            yield from self._rows()
        except _UnreadableError:
            self.readable = self.whole = False
        finally:
            self._report_line_ends()
            self._report_empty()
            self._report_wide()

    def _rows(self) -> Iterator[Row]:
        places, width = self._read_header()
        whole = places == list(range(width))
        while (line := self._next_line()) is not None:
            cells = self._split(line, width)
            if cells is None:
                continue
            if not cells[0].strip() and not any(map(str.strip, cells)):
                self._empty.append(line.number)
                continue
            if len(cells) != width:
                cells = self._trimmed(line.number, cells, width)
            if cells is not None:
                yield Row(
                    line.number,
                    cells if whole else ["" if p < 0 else cells[p] for p in places],
                )

    # Lines

    def _next_line(self) -> _Line | None:
        return self._pushed_back.pop() if self._pushed_back else next(self._lines, None)

    def _read_lines(self) -> Iterator[_Line]:
        number = 0
        while data := self._stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if number == 1:
                data = self._check_start(data)
            if len(data) > MAX_LINE_BYTES:
                self._problem(
                    number,
                    f"the line is longer than {MAX_LINE_BYTES:,} bytes: "
                    "shorten it, or end its lines with LF; nothing after it was read",
                )
                raise _UnreadableError
            data = self._without_line_end(number, data)
            pieces = self._pieces(number, data) if b"\r" in data else (data,)
            for place, piece in enumerate(pieces, number):
                text = self._decode(place, piece)
                if text is not None:
                    yield _Line(place, text)
                elif place == 1:
                    raise _UnreadableError
            number += len(pieces) - 1

    def _check_start(self, data: bytes) -> bytes:
        # UTF-16 without a mark has a NUL before or after the first letter of the header.
        if data.startswith(_UTF16_BOMS) or 0 in data[:2]:
            self._problem(1, "the file is UTF-16, not UTF-8: save it as CSV UTF-8")
            raise _UnreadableError
        if data.startswith(_UTF8_BOM):
            self._problem(
                1, "the file starts with a byte order mark: run event-timeline fmt", fixable=True
            )
            return data.removeprefix(_UTF8_BOM)
        return data

    def _pieces(self, number: int, data: bytes) -> Sequence[bytes]:
        """Return the rows in a line that has a CR: several if rows end in CR, otherwise one."""
        pieces = data.split(b"\r")
        if self._are_rows(pieces, self._header or self._names_of(pieces[0])):
            self._cr_lines += len(pieces) - 1
            return pieces if pieces[-1] else pieces[:-1]
        if number == 1:
            self._problem(1, "lines end in CR alone: save with LF line ends")
            raise _UnreadableError
        return [data]

    def _names_of(self, header: bytes) -> list[str]:
        text = header.decode("utf-8", "replace")
        self._separator = self._find_separator(text)
        return _filled(self._parse(text) or [])

    def _are_rows(self, pieces: Iterable[bytes], header: Sequence[str]) -> bool:
        """Whether each piece of a line is blank or a row that fits the header."""
        width = len(header)
        for text in (piece.decode("utf-8", "replace") for piece in pieces):
            cells = self._parse(text) if text.strip() else [""] * width
            if cells is None or len(cells) < width or any(map(str.strip, cells[width:])):
                return False
        return True

    def _without_line_end(self, number: int, data: bytes) -> bytes:
        if data.endswith(b"\r\n"):
            self._crlf_lines += 1
            return data[:-2]
        if data.endswith(b"\n"):
            return data[:-1]
        if data.endswith(b"\r"):
            return data
        self._problem(
            number,
            "the last line does not end in a line break: if the file is whole and not cut off, "
            "run event-timeline fmt",
            fixable=True,
        )
        return data

    def _decode(self, number: int, data: bytes) -> str | None:
        """Return the text of a line; None, after reporting it, if it is not text."""
        if b"\0" in data:
            self._bad_byte(number, data, f"byte {data.index(0) + 1} of the line is NUL: delete it")
            return None
        if b"\r" in data:
            self._report_cr(number, data)
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            self._bad_byte(number, data, _not_utf8(data, error.start))
            return None

    def _report_cr(self, number: int, data: bytes) -> None:
        """Report a CR that ends no row: in a quoted cell or elsewhere in the line."""
        cells = self._parse(data.decode("utf-8", "replace"))
        if cells is not None and any("\r" in cell for cell in cells):
            self._bad_byte(number, data, self._break_message(cells))
        else:
            message = "there is a carriage return (CR) inside the line: delete it"
            self._bad_byte(number, data, message)

    def _bad_byte(self, number: int, data: bytes, message: str) -> None:
        row_id = data.partition(self._separator.encode())[0] if number > 1 else b""
        shown = row_id.decode() if row_id.isascii() else ""
        self._report_lost(number, message, row_id=shown)

    def _report_lost(self, number: int, message: str, *, row_id: str) -> None:
        """Report a row that cannot be read."""
        self.whole = False
        self._problem(number, message, row_id=row_id)

    # Header

    def _header_text(self) -> str:
        return ",".join(self._curated.names)

    def _read_header(self) -> tuple[list[int], int]:
        """Return the place of each column in a row (-1: absent), and the width of a row."""
        line = self._next_line()
        if line is None or not line.text.strip():
            what = "the file" if line is None else "the first line"
            self._problem(1, f"{what} is empty: the first line must be {self._header_text()}")
            raise _UnreadableError
        self._separator = self._find_separator(line.text)
        if self._separator != ",":
            self._problem(
                line.number,
                f"cells are separated by {_SEPARATORS[self._separator]}s, not commas: "
                "run event-timeline fmt (in a spreadsheet: save as CSV UTF-8, comma delimited)",
                fixable=True,
            )
        cells = self._parse(line.text) or []
        written = _filled(cells)
        self._check_width(line.number, len(written))
        found = self._recognised(written)
        self._header = found
        self._check_names(line.number, found)
        self._report_renamed(line.number, written, found)
        self._check_spelling(line.number, cells, written, found)
        return [found.index(n) if n in found else -1 for n in self._curated.names], len(found)

    def _check_width(self, number: int, width: int) -> None:
        if width > _MOST_COLUMNS:
            self._problem(
                number,
                f"the header has {width:,} columns, more than {_MOST_COLUMNS:,}: "
                f"the first line must be {self._header_text()}",
            )
            raise _UnreadableError

    def _find_separator(self, header: str) -> str:
        """Return the separator that gives the header the most known names."""

        def known(separator: str) -> int:
            cells = self._parse(header, separator) or []
            return sum(self._meant(cell.strip()) in self._curated.names for cell in cells)

        return max(_SEPARATORS, key=known)

    def _recognised(self, written: list[str]) -> list[str]:
        """Return the names of the header as they should be written.

        They are left as they are if most are unknown: a row of data may contain "Title" too.
        """
        found = [self._meant(name) for name in written]
        known = sum(name in self._curated.names for name in found)
        return found if 2 * known >= len(found) else written

    def _meant(self, written: str) -> str:
        """Return the column whose name differs only by case, spaces or underscores, if any."""
        if written in self._curated.names:
            return written
        return self._folded.get(_fold(written), written)

    def _report_renamed(self, number: int, written: list[str], found: list[str]) -> None:
        pairs = zip(written, found, strict=True)
        renamed = [f"{shorten(one)} is {name}" for one, name in pairs if one != name]
        if renamed:
            self._problem(
                number,
                f"the header has other spellings ({', '.join(renamed)}): run event-timeline fmt",
                fixable=True,
            )

    def _check_spelling(
        self, number: int, cells: list[str], written: list[str], found: list[str]
    ) -> None:
        """Report what fmt corrects in a header: empty columns, spare spaces, the order."""
        if len(found) < len(cells):
            self._problem(
                number,
                f"{_count(len(cells) - len(found), 'empty column')} at the end of the header: "
                "run event-timeline fmt",
                fixable=True,
            )
        if written != cells[: len(written)]:
            self._problem(
                number, "the header has spare spaces: run event-timeline fmt", fixable=True
            )
        places = [self._curated.names.index(name) for name in found if name in self._curated.names]
        if places != sorted(places):
            self._problem(
                number,
                "the columns are not in their order: run event-timeline fmt",
                fixable=True,
            )

    def _check_names(self, number: int, found: list[str]) -> None:
        names = self._curated.names
        missing = [name for name in names if name not in found]
        if len(missing) == len(names):
            self._problem(
                number,
                f"the first line is not the header: it must be {self._header_text()}",
            )
            raise _UnreadableError
        self.missing.update(missing)
        for place, name in enumerate(found):
            if not name:
                self._problem(number, f"column {place + 1} has no name: delete it or name it")
            elif found.index(name) < place:
                self._problem(number, f"column {shorten(name)} occurs twice: delete one")
            elif name not in names:
                self._problem(
                    number,
                    f"column {shorten(name)} is not known: delete or rename it"
                    + nearest(name, missing or names),
                )
        for name in missing:
            self._problem(number, f"column {name} is missing: add it {self._place_of(name)}")

    def _place_of(self, name: str) -> str:
        place = self._curated.names.index(name)
        return f"after {self._curated.names[place - 1]}" if place else "as the first"

    # Rows

    def _split(self, line: _Line, width: int) -> list[str] | None:
        quoted = '"' in line.text
        cells = self._parse(line.text) if quoted else line.text.split(self._separator)
        if cells is None:
            self._report_broken(line, width)
            return None
        if len(line.text) > MAX_CELL and any(len(cell) > MAX_CELL for cell in cells):
            self._report_lost(
                line.number,
                f"a cell is longer than {MAX_CELL:,} characters: shorten it",
                row_id=cells[0],
            )
            return None
        return cells

    def _parse(self, text: str, separator: str = "") -> list[str] | None:
        """Return the cells of one line; None if its quotes are wrong."""
        try:
            reader = csv.reader([text], strict=True, delimiter=separator or self._separator)
            return next(reader, [""])
        except csv.Error:
            return None

    def _report_broken(self, line: _Line, width: int) -> None:
        """Report a quote that is not closed in its line; skip to the end of the row if found."""
        taken: list[_Line] = []
        text = line.text
        while len(taken) < _MAX_BROKEN_LINES and (following := self._next_line()) is not None:
            taken.append(following)
            # A line with as many cells as the header is a row, not a part of the cell.
            if '"' not in following.text and following.text.count(self._separator) == width - 1:
                break
            text += "\n" + following.text
            cells = self._parse_broken(text) if '"' in following.text else None
            if cells is not None and len(cells) >= width and not any(cells[width:]):
                self._report_lost(line.number, self._break_message(cells), row_id=cells[0])
                return
        self._pushed_back.extend(reversed(taken))
        self._report_lost(
            line.number,
            "a quote is not closed or not doubled: put the cell in quotation marks and "
            'double each one inside it ("")',
            row_id=line.text.partition(self._separator)[0],
        )

    def _break_message(self, cells: Sequence[str]) -> str:
        pairs = zip(self._header, cells, strict=False)
        broken = [name for name, cell in pairs if name and _LINE_BREAK.search(cell)]
        names = " and ".join(broken) or "a cell"
        verb = "hold" if len(broken) > 1 else "holds"
        return f"{names} {verb} a line break: write it on one line"

    def _parse_broken(self, text: str) -> list[str] | None:
        stream = io.StringIO(text, newline="")
        try:
            rows = list(csv.reader(stream, strict=True, delimiter=self._separator))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def _trimmed(self, number: int, cells: list[str], width: int) -> list[str] | None:
        """Return a row without the empty cells after the last column.

        None, after reporting it, if the row does not fit the header.
        """
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            self._wide.append(number)
            return cells[:width]
        separator = _SEPARATORS[self._separator]
        remedy = (
            f"quote a cell that holds a {separator}, or delete what is after the last column"
            if len(cells) > width
            else f"the row is cut off or a {separator} is missing"
        )
        self._report_lost(
            number,
            f"the row has {_count(len(cells), 'cell')}, the header {width}: {remedy}",
            row_id=cells[0],
        )
        return None

    # Reports

    def _problem(
        self, number: int, message: str, *, row_id: str = "", fixable: bool = False
    ) -> None:
        shown = row_id if row_id.isprintable() and len(row_id) <= 100 else ""
        self._report(Problem(self._name, number, shown, message, fixable=fixable))

    def _report_line_ends(self) -> None:
        for number, ends in ((self._crlf_lines, "CR LF (Windows)"), (self._cr_lines, "CR alone")):
            if number:
                verb = "ends" if number == 1 else "end"
                self._problem(
                    1,
                    f"{_count(number, 'line')} {verb} in {ends}: run event-timeline fmt",
                    fixable=True,
                )

    def _report_empty(self) -> None:
        if self._empty:
            self._problem(
                self._empty[0],
                f"{_count(len(self._empty), 'empty row')}, the first here: run event-timeline fmt",
                fixable=True,
            )

    def _report_wide(self) -> None:
        if self._wide:
            self._problem(
                self._wide[0],
                f"{_count(len(self._wide), 'row')} with empty cells after the last column, "
                "the first here: run event-timeline fmt",
                fixable=True,
            )


_LINE_BREAK = re.compile("[\r\n]")


def _filled(cells: Iterable[str]) -> list[str]:
    """Return the cells of a header without spare spaces, and without blank cells at the end."""
    filled = [cell.strip() for cell in cells]
    while filled and not filled[-1]:
        filled.pop()
    return filled


def _fold(name: str) -> str:
    return re.sub(r"[\s_]", "", name).casefold()


def _not_utf8(data: bytes, place: int) -> str:
    # Spreadsheets that do not write UTF-8 write Windows-1252, which leaves five bytes undefined.
    guess = data[place : place + 1].decode("cp1252", "ignore")
    perhaps = f', perhaps "{guess}" in Windows-1252' if guess.strip() else ""
    return (
        f"byte {place + 1} of the line (0x{data[place]:02X}) is not UTF-8{perhaps}: "
        "save the file as CSV UTF-8"
    )


def write_rows(curated: CuratedFile, rows: Iterable[Sequence[str]]) -> bytes:
    """Return the bytes of a curated file: the header, then the rows in the given order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(curated.names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def mend_line_ends(data: bytes) -> bytes:
    """Return the bytes of a file without a byte order mark, with every line ending in LF."""
    text = data.removeprefix(_UTF8_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text if text.endswith(b"\n") or not text else text + b"\n"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
