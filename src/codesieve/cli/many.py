"""Several values after one flag: `--train a b` is `--train a --train b`."""

from collections.abc import Collection, Sequence
from typing import Any

from typer.core import TyperCommand


class ManyValues(TyperCommand):
    """A command without arguments whose repeatable options may have several values at a time."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line, each value under a flag of its own."""
        many = [
            option for one in self.params if getattr(one, "multiple", False) for option in one.opts
        ]
        return super().parse_args(ctx, repeat_flags(args, many))


def repeat_flags(words: Sequence[str], many: Collection[str]) -> list[str]:
    """The command line with the flag before each of its values.

    Args:
        words: the command line.
        many: flags that may have several values; those end at the next word that begins with `-`.
    """
    repeated: list[str] = []
    flag, filled = "", False  # the flag whose values these are, and whether it has one
    for word in words:
        if word.startswith("-") and word != "-":
            name, equals, _ = word.partition("=")
            flag, filled = (name, bool(equals)) if name in many else ("", False)
        elif flag:
            repeated += [flag] if filled else []
            filled = True
        repeated.append(word)
    return repeated
