"""Makes leaks of an item: reworded, renamed, in part, in another language; seeded."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from codesieve.leakage.audit.tokens import lexemes

KEPT = frozenset(
    """
    if else elif for while return in not and or def class import from try except lambda break
    continue pass is None True False with yield raise assert function var let const int float
    double bool char void string new this null true false switch case do public static len range
    print sorted sum min max abs append join split set list dict str map filter zip enumerate
    reverse sort pop push length size upper lower replace count index insert extend items keys
    values round ord chr any all
    """.split()  # noqa: SIM905 - a list of 90 words reads worse
)
FILLERS = ("the", "of", "is", "which", "and", "given", "from", "should", "be", "that", "then")
INSERTED = ("pass", "i += 1", "result = []", "index = 0", "i++;", "int count = 0;", "total = 0")
_EXAMPLE = re.compile(
    r">>>|==|=>|➞|->|^\s*[\[(\'\"\d]|^\s*(True|False|None)\s*$|Input|Output|^\s*assert"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STRING = re.compile(r"'[A-Za-z]{2,15}'|\"[A-Za-z]{2,15}\"")
_CALLED = re.compile(r"\b(\w+)\(")


@dataclass(frozen=True, slots=True)
class Maker:
    """Draws variants with words of its vocabulary."""

    rng: random.Random
    vocabulary: Sequence[str]

    def leak(self, prompt: str, code: str, other: str | None = None) -> tuple[str, str]:
        """An instruction and a response that leak an item.

        Args:
            prompt: its text.
            code: a solution, in any language.
            other: a second solution, taken half the time.
        """
        rng = self.rng
        strength = rng.choice((0.0, 0.2, 0.4, 0.6, 0.8))
        chosen = other if other and rng.random() < 0.5 else code
        text = self.reword(prompt, strength)
        program = self.rename(chosen, rng.choice((0.0, 0.0, 0.5, 1.0, 1.0)))
        program = self.disturb(program, rng.choice((0.0, 0.5, 1.0)))
        kind = rng.random()
        if kind < 0.25:
            return "Write a function", program
        if kind < 0.35:
            return text, rng.choice(("OK", "Here is the solution.", ""))
        if kind < 0.6:
            return "Write a function", f"{text}\n{program}"
        return text, program

    def reword(self, text: str, strength: float) -> str:
        """Prose with words replaced, dropped and moved; examples with other values and names."""
        called = set(_CALLED.findall(text)) if strength > 0.2 else set()
        names = {name: "_".join(self._words(2)) for name in sorted(called)}
        lines = []
        for line in text.split("\n"):
            if _EXAMPLE.search(line):
                share = self.rng.choice((0.0, 0.5, 0.9)) if strength > 0.2 else 0.0
                said = self.other_values(line, share)
            else:
                said = self._reword_line(line, strength)
            for name, new in names.items():
                said = said.replace(f"{name}(", f"{new}(")
            lines.append(said)
        return "\n".join(lines)

    def other_values(self, line: str, share: float) -> str:
        """Some of the numbers and quoted words replaced by others of the same size."""

        def number(match: re.Match[str]) -> str:
            if self.rng.random() > share:
                return match.group()
            whole, _, decimals = match.group().partition(".")
            high = 10 ** len(whole)
            if decimals:
                return f"{self.rng.uniform(0, high):.{len(decimals)}f}"
            return str(self.rng.randrange(high // 10 if len(whole) > 1 else 0, high))

        def string(match: re.Match[str]) -> str:
            quote = match.group()[0]
            if self.rng.random() > 0.7 * share:
                return match.group()
            return f"{quote}{self._words(1)[0]}{quote}"

        return _STRING.sub(string, _NUMBER.sub(number, line))

    def rename(self, code: str, share: float) -> str:
        """Names of the author's choice replaced by others, each the same everywhere."""
        if not share:
            return code
        chosen: dict[str, str] = {}
        for kind, lexeme in lexemes(code):
            if kind == "name" and lexeme not in KEPT and lexeme not in chosen:
                new = "_".join(self._words(self.rng.choice((1, 2))))
                chosen[lexeme] = new if self.rng.random() < share else lexeme
        return re.sub(r"[A-Za-z_]\w*", lambda m: chosen.get(m.group(), m.group()), code)

    def disturb(self, code: str, strength: float) -> str:
        """Lines dropped, lines put in."""
        lines = []
        for line in code.split("\n"):
            if self.rng.random() < 0.25 * strength:
                continue
            lines.append(line)
            if self.rng.random() < 0.2 * strength:
                lines.append(f"{line[: len(line) - len(line.lstrip())]}{self.rng.choice(INSERTED)}")
        return "\n".join(lines)

    def _reword_line(self, line: str, strength: float) -> str:
        rng = self.rng
        said = []
        for word in line.split(" "):
            draw = rng.random()
            telling = len(word) > 3 and word.isalpha()
            if telling and draw < 0.6 * strength:
                said += self._words(1)
            elif telling and draw < 0.8 * strength:
                continue
            elif not telling and word.isalpha() and draw < 0.3 * strength:
                said.append(rng.choice(FILLERS))
            else:
                said.append(word)
            if rng.random() < 0.15 * strength:
                said.append(rng.choice(FILLERS))
        if rng.random() < strength and said:
            cut = rng.randrange(len(said) + 1)
            said = said[cut:] + said[:cut]
        return " ".join(said)

    def _words(self, count: int) -> list[str]:
        return self.rng.sample(self.vocabulary, count)
