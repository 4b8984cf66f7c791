"""Read a recipe file; every mistake in it becomes one line with the key's path."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from codesieve.errors import RecipeError
from codesieve.pipeline.recipe import LoadedRecipe, Recipe


def load_recipe(path: Path) -> LoadedRecipe:
    """Read and validate a YAML recipe.

    Raises:
        RecipeError: one line: file, key, what is wrong and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path}: cannot read the recipe ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: the recipe is not UTF-8 text") from error
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"{path}:{place.line + 1}" if place else str(path)
        problem = getattr(error, "problem", None) or "cannot be read"
        raise RecipeError(f"{where}: not valid YAML ({problem})") from error
    if not isinstance(data, dict):
        raise RecipeError(f"{path}: a recipe is a mapping with `name`, `sources` and `selection`")
    return LoadedRecipe(recipe=parse_recipe(data, str(path)), base=path.parent, text=text)


def parse_recipe(data: dict[str, Any], where: str = "recipe") -> Recipe:
    """Validate a mapping; raises RecipeError with the first mistake."""
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        mistakes.sort(key=lambda one: one["type"] != "extra_forbidden")  # a typo explains the rest
        first = mistakes[0]
        key = _key_path(first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise RecipeError(f"{where}: {key}{_say(first)}{more}") from error


def _say(error: Any) -> str:
    message = str(error["msg"])
    if error["type"] == "extra_forbidden":
        return f"unknown key; allowed here: {', '.join(_allowed(error['loc'][:-1]))}"
    if error["type"] == "missing":
        return "is required"
    if error["type"] == "value_error":
        return message.removeprefix("Value error, ")
    shown = repr(error["input"])
    return f"{shown[:60]}: {message[0].lower()}{message[1:]}"


def _key_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return f"{path}: " if path else ""


def _allowed(location: tuple[int | str, ...]) -> list[str]:
    """Keys of the model at a location."""
    model: Any = Recipe
    for step in location:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        model = getattr(annotation, "__args__", (annotation,))[0]
    return sorted(model.model_fields)
