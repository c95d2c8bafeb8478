"""What was asked of a build once, and holds as long as it is served.

Panning and zooming ask again and again for what no window changes. A build is never written
to again, so that nothing of it can become wrong; its memory ends with it.
"""

import sys
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

# Of all questions and answers kept of a build.
MOST_BYTES = 64_000_000
# An answer that takes more than such a part of them would drop too many others.
_LEAST_ANSWERS = 8


class Memory:
    """Answers by question; of too many, those not asked for longest are dropped."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def __contains__(self, question: Hashable) -> bool:
        return question in self._answers

    def __getitem__(self, question: Hashable) -> Any:
        self._answers.move_to_end(question)
        return self._answers[question][0]

    def keep(self, question: Hashable, found: object) -> None:
        """Keep an answer, unless it is too large; nobody may change it from then on."""
        most = self._most_bytes // _LEAST_ANSWERS
        size = _weigh((question, found), most)
        if size > most:
            return
        _, replaced = self._answers.pop(question, (None, 0))
        self._answers[question] = (found, size)
        self._bytes += size - replaced
        while self._bytes > self._most_bytes:
            _, (_, dropped) = self._answers.popitem(last=False)
            self._bytes -= dropped


def _weigh(value: object, most: int) -> int:
    """Return about how many bytes a value takes with all that it holds; of too many, only some."""
    found, left = 0, [value]
    while left and found <= most:
        one = left.pop()
        found += sys.getsizeof(one)
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            left += one
    return found
