"""Fetches data files of a dataset on the Hugging Face hub (extra `[hf]`); none of its code runs."""

from collections.abc import Sequence
from pathlib import Path

from codesieve.errors import MissingExtraError, SourceError


def fetch(dataset: str, globs: Sequence[str], where: str) -> list[Path]:
    """Download a dataset's files, or take them from the hub's cache on this machine.

    Only files are fetched; a dataset's loading script is neither asked for nor executed.

    Args:
        dataset: its id, such as ``evalplus/mbppplus``.
        globs: the files, in the order wanted.
        where: named in errors.

    Raises:
        MissingExtraError: `huggingface_hub` is not installed.
        SourceError: there is no network and no cached copy, no such dataset, or no such file.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise MissingExtraError(
            f"{where}: {dataset} is on the hub, which needs huggingface_hub: "
            "pip install 'codesieve[hf]'"
        ) from error
    by_hand = (
        f"download {' '.join(globs)} from https://huggingface.co/datasets/{dataset} by hand "
        "and give the path"
    )
    try:
        folder = snapshot_download(dataset, repo_type="dataset", allow_patterns=list(globs))
    except Exception as error:  # the client lets through errors of whichever HTTP library it uses
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise SourceError(
            f"{where}: {dataset} cannot be had from the hub ({said[:200]}); {by_hand}"
        ) from error
    found = []
    for glob in globs:
        files = sorted(Path(folder).glob(glob))
        if not files:
            raise SourceError(f"{where}: {dataset} has no {glob} here; {by_hand}")
        found += files
    return found
