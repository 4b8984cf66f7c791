"""What `codesieve demo` prints at its end: how each planted trouble was met."""

from collections.abc import Sequence

from codesieve.cli.tables import make_console, print_table
from codesieve.demo.report import Met


def print_met(met: Sequence[Met]) -> None:
    """Print how each planted trouble was met, one line a kind and the exceptions in full."""
    texts = ["trouble", "expected", "for example"]
    rows = []
    for trouble in dict.fromkeys(one.trouble for one in met):
        own = [one for one in met if one.trouble == trouble]
        as_expected = sum(one.ok and one.judged for one in own)
        first = own[0]
        rows.append([trouble, first.expected, first.happened, str(len(own)), str(as_expected)])
    console = make_console()
    print_table(console, "Planted troubles", texts, ["planted", "as expected"], rows)
    for one in met:
        if not one.ok:
            console.print(f"NOT MET: {one.what}: {one.happened}", soft_wrap=True)
    ok = sum(one.ok and one.judged for one in met)
    console.print(f"{ok} of {len(met)} planted troubles were met as expected", soft_wrap=True)
    if unjudged := sum(not one.judged for one in met):
        console.print(
            f"{unjudged} could not be judged: code is not executed here (codesieve doctor)",
            soft_wrap=True,
        )
