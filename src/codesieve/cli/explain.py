"""`codesieve explain`: one row's whole story."""

from pathlib import Path
from typing import Annotated, Any

import typer

from codesieve.cli.harmless import harmless

COUNTERPARTS = {"duplicate": "equal to", "group": "best of its group", "diversity": "nearest"}


def explain(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    row: Annotated[str, typer.Argument(metavar="ROW", help="A row_id or a content_id.")],
    full: Annotated[bool, typer.Option("--full", help="Print texts whole.")] = False,
) -> None:
    """Tell what became of one input row, and why."""
    from codesieve.pipeline.explain import find_story

    story = find_story(folder, row)
    say = _Printer(None if full else 600)
    say.title(story.row_id)
    if story.quarantine is not None:
        _quarantined(say, story.quarantine)
        return
    ledger = story.ledger
    say.line(f"status: {ledger['status']}" + (f", rank {ledger['rank']}" if ledger["rank"] else ""))
    if ledger["score"] is not None:
        say.line(f"score: {ledger['score']:.4f}")
    say.line(f"content_id: {ledger['content_id']}")
    for other in story.equals:
        say.line(f"equal to: {other}")
    if story.sample["repairs"]:
        say.line(f"repairs: {', '.join(story.sample['repairs'])}")
    say.title("what each rule said")
    for verdict in story.verdicts:
        say.line(verdict_line(verdict))
    say.title("what the stages stored")
    for name, value in story.columns.items():
        if name != "row_id" and value is not None:
            say.line(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    for turn in story.sample["turns"]:
        if turn["reasoning"] is not None:
            say.title(f"{turn['role']}, reasoning")
            say.text(turn["reasoning"])
        say.title(turn["role"])
        say.text(turn["content"])
    for name in ("setup", "entry_point", "tests"):
        if story.sample[name] is not None:
            say.title(f"{name}, brought by the row")
            say.text(story.sample[name])


def verdict_line(verdict: dict[str, Any]) -> str:
    """One rule's word as a sentence."""
    rule, note = str(verdict["rule"]), verdict["note"]
    line = f"{'keep' if verdict['keep'] else 'DROP'}  {rule}"
    if verdict["value"] is not None:
        line += f": {verdict['value']:.4f}"
    if verdict["threshold"] is not None:
        line += f" (threshold {verdict['threshold']:g})"
    if verdict["counterpart"] is not None:
        line += f", {COUNTERPARTS.get(rule, 'item')}: {verdict['counterpart']}"
    if note:
        line += f", shared: {note}" if rule.startswith("leakage.") else f", {note}"
    return line


def _quarantined(say: "_Printer", entry: dict[str, Any]) -> None:
    say.line(f"status: quarantined, {entry['reason']}: {entry['detail']}")
    say.line(f"place: {entry['file']}, {entry['place']}, {entry['byte_count']} bytes")
    say.title("its bytes")
    say.text(entry["bytes"].decode("utf-8", "backslashreplace"))


class _Printer:
    """Prints hostile text without its control characters."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit

    def title(self, text: str) -> None:
        typer.secho(f"\n{harmless(text)}", bold=True)

    def line(self, text: str) -> None:
        typer.echo(f"  {harmless(text)}")

    def text(self, text: str) -> None:
        shown = text if self._limit is None else text[: self._limit]
        typer.echo(harmless(shown, keep="\n\t"))
        if len(shown) < len(text):
            typer.echo(f"  ... {len(text) - len(shown)} more characters (--full)")
