"""Problems of the curated files: where, what is wrong, and what to do."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Level = Literal["error", "warning"]


class Finding(NamedTuple):
    """What is wrong with a row; a Problem without its file and line."""

    message: str
    level: Level = "error"
    fixable: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `line` is 0 for the whole file; `fixable`: fmt corrects it."""

    file: str
    line: int
    id: str
    message: str
    level: Level = "error"
    fixable: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:" if self.line else f"{self.file}:"
        level = "warning:" if self.level == "warning" else ""
        parts = [where, f"{self.id}:" if self.id else "", level, self.message]
        return " ".join(part for part in parts if part)


class InputError(Exception):
    """The curated files have errors; `problems` says which, warnings included."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
