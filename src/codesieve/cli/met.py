"""What `codesieve demo` prints at its end: how each planted trouble was met."""

from collections.abc import Sequence

from codesieve.cli.tables import make_console, make_table
from codesieve.demo.report import Met


def print_met(met: Sequence[Met]) -> None:
    """Print how each planted trouble was met, one line a kind and the exceptions in full."""
    texts = ["trouble", "expected", "for example"]
    table = make_table("Planted troubles", texts, ["planted", "as expected"])
    for trouble in dict.fromkeys(one.trouble for one in met):
        own = [one for one in met if one.trouble == trouble]
        as_expected = sum(one.ok and one.judged for one in own)
        table.add_row(trouble, own[0].expected, own[0].happened, str(len(own)), str(as_expected))
    console = make_console()
    console.print(table)
    for one in met:
        if not one.ok:
            console.print(f"NOT MET: {one.what}: {one.happened}", markup=False, highlight=False)
    ok = sum(one.ok and one.judged for one in met)
    console.print(f"{ok} of {len(met)} planted troubles were met as expected", highlight=False)
    if unjudged := sum(not one.judged for one in met):
        console.print(
            f"{unjudged} could not be judged: code is not executed here (codesieve doctor)",
            highlight=False,
        )
