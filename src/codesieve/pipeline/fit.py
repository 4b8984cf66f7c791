"""The fit stages: the embedder's state, and how alike the pool is in itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codesieve.diversity import nearest_similarities
from codesieve.embedding import TfidfSvd
from codesieve.pipeline.atomic import read_json, replacing, write_json
from codesieve.pipeline.fingerprint import draw, fingerprint, sha256_of
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, Parts, read_part
from codesieve.pipeline.recipe import EmbeddingOptions
from codesieve.pipeline.versions import EMBEDDER as EMBEDDER_VERSION
from codesieve.pipeline.versions import NEIGHBOURS as NEIGHBOURS_VERSION
from codesieve.schema import turns_from_rows

NEIGHBOUR_QUERIES = 5_000  # the standard error of a 0.9 quantile is then 0.4% of the ranks


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a fit stage leaves: a file, and the fingerprint that says whether it is still right."""

    path: Path
    fingerprint: str

    @property
    def current(self) -> bool:
        """Whether the file is there, whole, and is what would be fitted."""
        facts = read_json(self.path.with_suffix(".json"))
        if not isinstance(facts, dict) or facts.get("fingerprint") != self.fingerprint:
            return False
        return self.path.exists() and facts.get("sha256") == sha256_of(self.path)

    def close(self) -> None:
        """Say that the file is done."""
        facts = {"fingerprint": self.fingerprint, "sha256": sha256_of(self.path)}
        write_json(self.path.with_suffix(".json"), facts)


def embedder_artifact(
    folder: RunFolder, options: EmbeddingOptions, seed: int, groups: Part
) -> Artifact:
    """Where the embedder's state stands, or will."""
    asked = [EMBEDDER_VERSION, TfidfSvd.version, options.model_dump(), seed]
    path = folder.stage("embedding") / "embedder.npz"
    return Artifact(path, fingerprint("embedder", *asked, groups.fingerprint))


def neighbours_artifact(
    folder: RunFolder, seed: int, groups: Part, embedding: Sequence[Part]
) -> Artifact:
    """Where the nearest-neighbour similarities stand, or will."""
    parents = [groups.fingerprint, [part.fingerprint for part in embedding]]
    mark = fingerprint("neighbours", NEIGHBOURS_VERSION, NEIGHBOUR_QUERIES, seed, parents)
    return Artifact(folder.stage("diversity") / "neighbours.npy", mark)


def fit_embedder(folder: RunFolder, options: EmbeddingOptions, seed: int, parts: Parts) -> Path:
    """Fit on a seeded draw of candidate rows; the path of the artifact."""
    artifact = embedder_artifact(folder, options, seed, parts["groups"][0])
    if not artifact.current:
        turns = drawn_turns(folder, options.fit_rows, seed, parts)
        texts = [instruction_of(cell) for cell in turns]
        embedder = TfidfSvd.fit(
            texts,
            dims=options.dims,
            residual_dims=options.residual_dims,
            vocabulary=options.vocabulary,
            seed=seed,
        )
        with replacing(artifact.path) as temporary:
            embedder.save(temporary)
        artifact.close()
    return artifact.path


def fit_neighbours(folder: RunFolder, seed: int, parts: Parts) -> Path:
    """Nearest-neighbour similarities of a seeded draw of distinct instructions; the artifact.

    One row of each instruction group stands for it, so that the groups' own rows are not each
    other's neighbours.
    """
    groups, embedding = parts["groups"][0], parts["embedding"]
    artifact = neighbours_artifact(folder, seed, groups, embedding)
    if not artifact.current:
        table = read_part(folder.stage("groups"), groups.name, ["row_id", "group"])
        rows = np.flatnonzero(np.asarray(_equal(table["row_id"], table["group"])))
        vectors = load_embeddings(folder, embedding)
        ids = table["row_id"].take(pa.array(rows)).to_pylist()
        order = np.argsort(draw(ids, seed), kind="stable")[:NEIGHBOUR_QUERIES]
        values = nearest_similarities(vectors[rows], np.sort(order))
        with replacing(artifact.path) as temporary, temporary.open("wb") as file:
            np.save(file, np.sort(values), allow_pickle=False)
        artifact.close()
    return artifact.path


def load_embeddings(folder: RunFolder, parts: Iterable[Part]) -> NDArray[np.int16]:
    """(n, d) int16 of all rows, in pool order."""
    arrays = []
    for part in parts:
        column = read_part(folder.stage("embedding"), part.name, ["embedding"])["embedding"]
        chunk = column.combine_chunks()
        values = chunk.flatten().to_numpy(zero_copy_only=False)
        arrays.append(values.reshape(len(chunk), chunk.type.list_size))
    return np.concatenate(arrays)


def artifact_mark(path: Path) -> str:
    """Hash of an artifact's bytes, which the fingerprints of what reads it include."""
    return sha256_of(path)


def drawn_turns(
    folder: RunFolder, limit: int, seed: int, parts: Parts
) -> list[list[dict[str, Any]]]:
    """A seeded draw of the `turns` of `limit` rows that pass `where` and are no duplicates."""
    pool, groups = parts["pool"], parts["groups"][0]
    first = read_part(folder.stage("groups"), groups.name, ["duplicate_of", "group"])
    takes_part = first["duplicate_of"].is_null().to_numpy() & first["group"].is_valid().to_numpy()
    marks = np.full(len(takes_part), np.iinfo(np.uint64).max, dtype=np.uint64)
    start = 0
    for part in pool:
        ids = read_part(folder.stage("pool"), part.name, ["content_id"])["content_id"]
        marks[start : start + part.rows] = draw(ids.to_pylist(), seed)
        start += part.rows
    rows = np.flatnonzero(takes_part)
    chosen = np.zeros(len(takes_part), dtype=bool)
    chosen[rows[np.argsort(marks[rows], kind="stable")[:limit]]] = True
    found: list[list[dict[str, Any]]] = []
    start = 0
    for part in pool:
        mask = pa.array(chosen[start : start + part.rows])
        start += part.rows
        turns = read_part(folder.stage("pool"), part.name, ["turns"])["turns"].filter(mask)
        found.extend(turns.to_pylist())
    return found


def instruction_of(cell: list[dict[str, Any]]) -> str:
    """User turns of a `turns` cell joined by a space, as `Sample.instruction`."""
    return " ".join(turn.content for turn in turns_from_rows(cell) if turn.role == "user")


def _equal(left: pa.ChunkedArray, right: pa.ChunkedArray) -> NDArray[np.bool_]:
    return pc.fill_null(pc.equal(left, right), False).to_numpy()
