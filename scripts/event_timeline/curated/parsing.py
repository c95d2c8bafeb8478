"""Reads the cells of a row as values, each by the kind of its column."""

import re
from collections.abc import Callable, Set
from functools import partial
from typing import Any

from edtf_dates.quoting import shorten
from event_timeline.curated import characters
from event_timeline.curated.cells import (
    LIST_SEPARATOR,
    CellError,
    not_one_item,
    parse_edtf,
    parse_id,
    parse_ids,
    parse_integer,
    parse_list,
    parse_number,
    parse_text,
    parse_url,
)
from event_timeline.curated.columns import Column, CuratedFile, Kind, Vocabulary
from event_timeline.curated.countries import codes_by_name, country_name, is_country
from event_timeline.curated.problems import Finding
from event_timeline.curated.records import Part, Record, Row
from event_timeline.curated.spelling import closest, nearest


def parser(column: Column) -> Callable[[str], object]:
    """Return the function that reads a filled cell of this column; it raises CellError."""
    vocabulary = column.vocabulary
    if vocabulary is None:
        return parse_ids if column.kind == "list" and column.refers_to else _PARSERS[column.kind]
    if column.kind == "actors":
        return partial(parse_actors, roles=vocabulary)
    return partial(parse_word, vocabulary=vocabulary)


def record_reader(
    file: CuratedFile, missing: Set[str]
) -> Callable[[Row], tuple[Record, list[Finding]]]:
    """Return a function that reads the cells of a row, and finds what is wrong with each.

    Cells are read as fmt would write them. `missing`: the columns that the file lacks.
    """
    parsers = [(column.name, parser(column)) for column in file.columns]
    required = [(i, column.name) for i, column in enumerate(file.columns) if column.required]

    def read_record(row: Row) -> tuple[Record, list[Finding]]:
        values: dict[str, Any] = {}
        findings: list[Finding] = []
        clean = characters.is_clean(row.cells)
        texts = row.cells if clean else _tidy_row(file, row.cells, findings)
        for (name, parse), text in zip(parsers, texts, strict=True):
            if text:
                try:
                    values[name] = parse(text)
                except CellError as error:
                    findings.append(Finding(f"{name}: {error}"))
        for place, name in required:
            if name not in values and name not in missing and not row.cells[place].strip():
                findings.append(Finding(f"{name} is blank: fill it"))
        row_id = values.get("id", row.cells[0])
        if not findings and not missing:
            return Record(row.line, row_id, values), findings
        filled = (name for name, text in zip(file.names, row.cells, strict=True) if text)
        unreadable = frozenset(missing).union(filled).difference(values)
        return Record(row.line, row_id, values, unreadable), findings

    return read_record


def _tidy_row(file: CuratedFile, row: list[str], findings: list[Finding]) -> list[str]:
    """Return a row as fmt would write it, without the cells that have bad characters.

    What is wrong with the characters is added to `findings`.
    """
    texts = [tidy(column, text) for column, text in zip(file.columns, row, strict=True)]
    for place, (column, text) in enumerate(zip(file.columns, texts, strict=True)):
        if text != row[place]:
            findings.append(_untidy(column))
        finding = _check_characters(column, text) if text else None
        if finding is not None:
            findings.append(finding)
            if finding.level == "error":
                texts[place] = ""
    return texts


def _untidy(column: Column) -> Finding:
    lists = ", loose list separators" if column.kind in ("list", "actors") else ""
    message = f"{column.name} has spare spaces{lists} or decomposed accents: "
    return Finding(message + "run event-timeline fmt", fixable=True)


def _check_characters(column: Column, text: str) -> Finding | None:
    """Return what is wrong with the characters of a filled cell, whatever they mean."""
    if fault := characters.bad_characters(text):
        return Finding(f"{column.name} {fault}")
    if meant := characters.fix_mojibake(text):
        message = f"{column.name} was read in the wrong encoding: write {shorten(meant)}"
        return Finding(message, "warning")
    if fault := characters.mixed_word(text, characters.GREEK):
        return Finding(f"{column.name} {fault}", "warning")
    if column.kind in _TEXTS and (remedy := characters.lost_letters(text)):
        return Finding(f"{column.name} {shorten(text)}: {remedy}", "warning")
    if text[0] in "+-" and column.kind in _TEXTS and not text[1:2].isdigit():
        message = f"{column.name} {shorten(text)} starts with {text[0]}, as a formula does: reword"
        return Finding(message, "warning")
    return None


_TEXTS = ("text", "list", "actors")


def tidy(column: Column, text: str) -> str:
    """Return a cell as `event-timeline fmt` writes it.

    That is in Unicode normal form C, without spare spaces, with "; " between list items.
    """
    text = characters.normalize(text)
    if column.kind in ("list", "actors") and ";" in text:
        items = (item.strip() for item in text.split(";"))
        text = LIST_SEPARATOR.join(item for item in items if item)
    return text


def parse_country(text: str) -> str:
    """Return an ISO 3166-1 code as it is. Raises CellError, with the code probably meant."""
    if is_country(text):
        return text
    raise CellError(
        f"{shorten(text)} is not an ISO 3166-1 code of two capitals{_country_hint(text)}"
    )


def _country_hint(text: str) -> str:
    """Return `; did you mean ...?` with the codes of the countries that were probably meant."""
    codes = _countries_called(text.casefold())
    if not codes:
        return ": look it up, or leave it blank for no single country"
    return f"; did you mean {' or '.join(f'{code} ({country_name(code)})' for code in codes)}?"


def _countries_called(word: str) -> list[str]:
    names = codes_by_name()
    if word in names:
        return [names[word]]
    if len(word) < 4:
        return []
    starting = sorted({code for name, code in names.items() if name.startswith(word)})
    if starting:
        return starting[:4]
    long = [name for name in names if len(name) > 3]
    # Typing errors are rare in the first letter: Lybia is Libya rather than Syria.
    found = closest(word, [name for name in long if name[0] == word[0]]) or closest(word, long)
    return [names[found]] if found else []


def parse_word(text: str, vocabulary: Vocabulary) -> str:
    """Return a word of the vocabulary as it is. Raises CellError, with the word probably meant."""
    if text not in vocabulary:
        raise CellError(_not_a_word(text, vocabulary, "one of its words"))
    return text


def _not_a_word(text: str, vocabulary: Vocabulary, what: str) -> str:
    return f"{shorten(text)} is not {what} ({', '.join(vocabulary)}){nearest(text, vocabulary)}"


def parse_actors(text: str, roles: Vocabulary) -> tuple[Part, ...]:
    """Return the actors of a list cell with their roles, which are in the last brackets.

    Raises CellError.
    """
    return tuple(_parse_part(item, roles) for item in parse_list(text))


def _parse_part(item: str, roles: Vocabulary) -> Part:
    if ")," in item:
        pieces = re.split(r"(?<=\)),\s*", item)
        if all(_has_role(piece, roles) for piece in pieces):
            raise CellError(not_one_item(item, pieces))
    name, bracket, role = item.removesuffix(")").rpartition(" (")
    if not bracket or not item.endswith(")") or not name.strip():
        raise CellError(f"{shorten(item)} has no role: write Name (role); Name (role)")
    if role not in roles:
        raise CellError(_not_a_word(role, roles, "a role"))
    return Part(name, role)


def _has_role(piece: str, roles: Vocabulary) -> bool:
    return piece.endswith(")") and piece[:-1].rpartition(" (")[2] in roles


_PARSERS: dict[Kind, Callable[[str], object]] = {
    "country": parse_country,
    "date": parse_edtf,
    "id": parse_id,
    "integer": parse_integer,
    "list": parse_list,
    "number": parse_number,
    "text": parse_text,
    "url": parse_url,
}
