"""Writes the changes of the curated files as plain text and as Markdown."""

import re
from collections.abc import Iterator, Sequence

from event_timeline.curated.characters import HIDDEN
from event_timeline.history.changes import FileChanges, Side, What
from event_timeline.history.fields import Fragment


def render_text(old: Side, new: Side, files: Sequence[FileChanges]) -> str:
    """Return the changes as plain text, with [-deleted-] and {+inserted+} words as in git."""
    if not files:
        return _unchanged(_visible(old.name), _visible(new.name))
    return "\n\n".join("\n".join(_text_lines(file)) for file in files)


def _unchanged(old: str, new: str) -> str:
    return f"Nothing changed from {old} to {new} in the curated files."


def _text_lines(file: FileChanges) -> Iterator[str]:
    yield f"{file.path}: {_count_changes(file)}"
    for note in file.notes:
        yield f"  note: {_visible(note)}"
    for row in file.rows:
        title = f" ({_visible(row.title)})" if row.title else ""
        yield f"  {row.what} {_visible(row.id) or 'a row without an id'}{title}"
        for one in row.fields:
            yield f"    {one.name}: {''.join(map(_text_fragment, one.fragments))}"


def _text_fragment(fragment: Fragment) -> str:
    text = _visible(fragment.text)
    return {"deleted": f"[-{text}-]", "inserted": f"{{+{text}+}}"}.get(fragment.mark, text)


def _count_changes(file: FileChanges) -> str:
    """Return the number of changes of each kind: `1 added, 2 changed`."""
    found = [row.what for row in file.rows]
    order: tuple[What, ...] = ("added", "removed", "renamed", "changed")
    counts = (f"{found.count(what)} {what}" for what in order if what in found)
    return ", ".join(counts) or "no row changed"


def _visible(text: str) -> str:
    """Return a text in which characters that a terminal would hide or obey are numbers."""
    return HIDDEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def render_markdown(old: Side, new: Side, files: Sequence[FileChanges]) -> str:
    """Return the changes as GitHub's Markdown; texts of the files are escaped."""
    if not files:
        return _unchanged(_code(old.name), _code(new.name))
    return "\n\n".join("\n".join(_markdown_lines(file)) for file in files)


def _markdown_lines(file: FileChanges) -> Iterator[str]:
    yield f"### {file.path}: {_count_changes(file)}"
    yield ""
    for note in file.notes:
        yield f"- note: {_escaped(note)}"
    for row in file.rows:
        title = f": {_escaped(row.title)}" if row.title else ""
        yield f"- **{row.what}** {_code(row.id) if row.id else 'a row without an id'}{title}"
        for one in row.fields:
            yield f"  - {_code(one.name)}: {''.join(map(_markdown_fragment, one.fragments))}"


def _markdown_fragment(fragment: Fragment) -> str:
    if fragment.mark == "code":
        return _code(fragment.text)
    tag = {"deleted": "del", "inserted": "ins"}.get(fragment.mark)
    text = _escaped(fragment.text)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _code(text: str) -> str:
    """Return a code span between more backticks than the text has in a row."""
    runs = re.findall("`+", text)
    fence = "`" * (1 + max(map(len, runs), default=0))
    pad = " " if runs else ""
    return f"{fence}{pad}{_visible(text)}{pad}{fence}"


# Markup of Markdown, HTML and GitHub. An empty comment after # or @ keeps GitHub from linking
# a number to an issue, or a name to a user.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>~|$&!]|[#@]|(?<=://)|(?<=www\.)")


def _escaped(text: str) -> str:
    return _MARKUP.sub(_escape, _visible(text))


def _escape(match: re.Match[str]) -> str:
    mark = match[0]
    if mark in ("#", "@", ""):
        return f"{mark}<!-- -->"
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(mark, f"\\{mark}")
