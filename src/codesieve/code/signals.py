"""What gives a programming language away: substrings and patterns with weights.

They stand in `signals.txt`, one a line: the weights lent to languages; needles (plain substrings,
of which one must be there: looked for first because that is fast); and a pattern that must then be
found too, or none. Fields are parted by two blanks, a `␣` in a needle is a blank. Every pattern is
linear: bounded repeats, or repeats of one class that a literal outside it ends.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Self

_WORD = re.compile(r"\w+")


class Signal(NamedTuple):
    """One line of the table."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str] | None
    weights: tuple[tuple[str, int], ...]

    @classmethod
    def from_line(cls, line: str) -> Self:
        """The signal that a line of the table describes."""
        weights, needles, *pattern = re.split(r" {2,}", line.strip(), maxsplit=2)
        pairs = (entry.partition(":") for entry in weights.split(","))
        return cls(
            tuple(needle.replace("␣", " ") for needle in needles.split(" ")),
            re.compile(pattern[0], re.MULTILINE) if pattern else None,
            tuple((name, int(weight)) for name, _, weight in pairs),
        )

    def found_in(self, text: str) -> bool:
        """Whether `text` shows this signal."""
        for needle in self.needles:
            if needle in text:
                return self.pattern is None or self.pattern.search(text) is not None
        return False


@dataclass(frozen=True, slots=True)
class SignalTable:
    """All signals; the places of those that a word may announce, and of those without a word."""

    signals: tuple[Signal, ...]
    by_word: dict[str, frozenset[int]]
    wordless: frozenset[int]
    words: frozenset[str]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Self:
        """Index the signals of `lines` by the first word of each needle."""
        signals = tuple(Signal.from_line(line) for line in lines if line and line[0] != "#")
        by_word: dict[str, set[int]] = {}
        wordless = set()
        for place, signal in enumerate(signals):
            found = [_WORD.search(needle) for needle in signal.needles]
            if None in found:
                wordless.add(place)
                continue
            for word in filter(None, found):
                by_word.setdefault(word.group(), set()).add(place)
        places = {word: frozenset(numbers) for word, numbers in by_word.items()}
        return cls(signals, places, frozenset(wordless), frozenset(places))

    def candidates(self, text: str) -> list[Signal]:
        """The signals that `text` may show, judged by its words; each once, in no order."""
        words = self.words.intersection(_WORD.findall(text))
        places = self.wordless.union(*(self.by_word[word] for word in words))
        return [self.signals[place] for place in places]


@cache
def signal_table() -> SignalTable:
    """The table of this package, read once."""
    text = files("codesieve.code").joinpath("signals.txt").read_text(encoding="utf-8")
    return SignalTable.from_lines(text.splitlines())
