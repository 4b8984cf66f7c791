"""What a recipe's sources really are: files, hashes, row shapes; checked before anything runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codesieve.errors import CodesieveError
from codesieve.pipeline.fingerprint import FileHashes, fingerprint
from codesieve.pipeline.recipe import LoadedRecipe, SourceOptions
from codesieve.pool.files import expand
from codesieve.pool.records import read_records
from codesieve.pool.shapes import Shape, parse_fields, recognise
from codesieve.pool.where import compile_where


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of one source.

    `file` is its short name in row_ids; `shape` is None when no record of it can be read.
    """

    source: SourceOptions
    file: str
    path: Path
    size: int
    sha256: str
    shape: Shape | None

    @property
    def fingerprint(self) -> str:
        """Changes when the file's bytes or the way they are read change; its place does not."""
        asked = self.source.model_dump(include={"name", "format", "fields", "where"})
        return fingerprint(asked, self.file, self.sha256)

    @property
    def shape_name(self) -> str:
        """What the rows look like, for people."""
        return "unreadable" if self.shape is None else str(self.shape)

    def row_id(self, ordinal: int) -> str:
        """SOURCE/FILE#ORDINAL."""
        return f"{self.source.name}/{self.file}#{ordinal}"


@contextmanager
def naming(key: str) -> Iterator[None]:
    """Put the recipe's key before the message of a user's error."""
    try:
        yield
    except CodesieveError as error:
        raise type(error)(f"{key}: {error}") from error


def find_inputs(loaded: LoadedRecipe, hashes: FileHashes) -> tuple[InputFile, ...]:
    """Every file of every source, in order.

    Raises:
        RecipeError: `fields` or `where` is wrong.
        SourceError: a pattern matches nothing, or a file's rows have no known shape, or several.
    """
    found: list[InputFile] = []
    for number, source in enumerate(loaded.recipe.sources):
        key = f"sources[{number}]"
        compile_where(source.where, key=f"{key}.where")
        said = parse_fields(source.fields, key=f"{key}.fields") if source.fields else None
        with naming(f"{key}.files"):
            files = expand(source.files, loaded.base)
        for file, path in files:
            shape = said or recognise(
                read_records(
                    path,
                    format=source.format,
                    max_record_bytes=loaded.recipe.max_record_bytes,
                ),
                file=f"{key}: {path}",
            )
            size, sha256 = path.stat().st_size, hashes.sha256(path)
            found.append(InputFile(source, file, path, size, sha256, shape))
    return tuple(found)
