"""What a run would do: inputs, stages, what is stored already; shared by `run` and `--dry-run`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesieve import __version__
from codesieve.pipeline import versions
from codesieve.pipeline.atomic import read_json
from codesieve.pipeline.embed import EmbeddingStage
from codesieve.pipeline.fingerprint import FileHashes, fingerprint, sha256_of
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.inputs import InputFile, find_inputs
from codesieve.pipeline.leakage import LeakageStage, load_benchmarks
from codesieve.pipeline.recipe import LoadedRecipe, Recipe
from codesieve.pipeline.scoring import ComplexityStage, QualityStage
from codesieve.pipeline.stage import MapStage


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe made concrete.

    `stages` are those that look at the pool alone, in order; `fingerprint` names the whole run.
    """

    loaded: LoadedRecipe
    folder: RunFolder
    sample: float
    inputs: tuple[InputFile, ...]
    stages: tuple[MapStage, ...]

    @property
    def recipe(self) -> Recipe:
        """The recipe."""
        return self.loaded.recipe

    @property
    def leakage(self) -> LeakageStage:
        """The leakage stage."""
        return next(stage for stage in self.stages if isinstance(stage, LeakageStage))

    @property
    def asked(self) -> dict[str, Any]:
        """The recipe as JSON values, without the place of the run folder."""
        return self.recipe.model_dump(mode="json", exclude={"runs"})

    @property
    def fingerprint(self) -> str:
        """Changes when anything would be computed that is not in the folder."""
        stages = [[stage.name, stage.version, stage.parameters()] for stage in self.stages]
        files = [one.fingerprint for one in self.inputs]
        others = {name: value for name, value in vars(versions).items() if name.isupper()}
        others[EmbeddingStage.name] = EmbeddingStage.version
        return fingerprint(__version__, others, self.asked, self.sample, files, stages)

    def finished(self) -> dict[str, Any] | None:
        """The manifest, if this very run is done and its files are there."""
        manifest = read_json(self.folder.manifest)
        if not isinstance(manifest, dict) or manifest.get("fingerprint") != self.fingerprint:
            return None
        try:
            files = [*manifest["outputs"].items(), *manifest["artifacts"].items()]
            stages = [(name, one["fingerprint"]) for name, one in manifest["stages"].items()]
        except (KeyError, TypeError, AttributeError):  # damaged, or of another make
            return None
        whole = all(self.folder.is_closed(name, mark) for name, mark in stages)
        whole = whole and all(_has_hash(self.folder.root / name, mark) for name, mark in files)
        return manifest if whole else None


def _has_hash(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def make_plan(loaded: LoadedRecipe, sample: float, *, remember: bool = True) -> Plan:
    """Find and check everything a recipe names; nothing is computed but hashes.

    Args:
        loaded: the recipe; for a sample, what `sampled` made of it.
        sample: share of the records to take.
        remember: keep the files' hashes in the run folder.

    Raises:
        CodesieveError: a source, benchmark or model is missing or cannot be read as asked.
    """
    folder = RunFolder(loaded.folder)
    hashes = FileHashes(folder.telemetry / "files.json")
    inputs = find_inputs(loaded, hashes)
    if remember:
        hashes.save()
    return Plan(loaded, folder, sample, inputs, make_stages(loaded, folder))


def make_stages(loaded: LoadedRecipe, folder: RunFolder) -> tuple[MapStage, ...]:
    """The stages that look at the pool alone, in order."""
    recipe = loaded.recipe
    return (
        LeakageStage(
            root=folder.root,
            benchmarks=load_benchmarks(loaded),
            ngrams=tuple(recipe.leakage.ngrams),
            pad=recipe.leakage.pad,
            top=recipe.leakage.top,
        ),
        ComplexityStage.of(folder.root, recipe, loaded.base),
        QualityStage.of(folder.root, recipe.quality),
    )


def sampled(loaded: LoadedRecipe, share: float) -> LoadedRecipe:
    """The recipe for a share of the pool: own folder, budget in proportion."""
    recipe = loaded.recipe
    budget = max(1, round(recipe.selection.budget * share))
    smaller = recipe.model_copy(
        update={
            "name": f"{recipe.name}-sample-{share * 100:g}",
            "selection": recipe.selection.model_copy(update={"budget": budget}),
        }
    )
    return loaded.model_copy(update={"recipe": smaller})
