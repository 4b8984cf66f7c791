"""Recipes: every mistake is one line with the key's path and what is allowed."""

from pathlib import Path

import pytest

from codesieve.errors import RecipeError
from codesieve.pipeline.load import load_recipe, parse_recipe

SOURCE = {"name": "a", "files": "a.jsonl"}
GOOD = {"name": "toy", "sources": [SOURCE], "selection": {"budget": 5}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"selektion": {}}, r"selektion: unknown key; allowed here: .*selection"),
        ({"sources": [{**SOURCE, "wher": 1}]}, r"sources\[0\]\.wher: unknown key; .*where"),
        ({"sources": []}, r"sources: \[\]: .*at least 1"),
        ({"sources": [{"name": "a"}]}, r"sources\[0\]\.files: is required"),
        ({"sources": [SOURCE, SOURCE]}, r"sources: the name 'a' is given twice"),
        ({"selection": {"budget": 0}}, r"selection\.budget: 0: .*greater than or equal to 1"),
        ({"selection": {"budget": 5, "alpha": 1.5}}, r"selection\.alpha: 1\.5: .*less than"),
        ({"selection": {"budget": 5, "unknown": "zero"}}, r"'zero': .*'median' or 'drop'"),
        ({"diversity": {"max_similarity": 0.9, "max_similarity_quantile": 0.9}}, "not both"),
        ({"name": "../up"}, r"name: '\.\./up': "),
        ({"quality": {"wall_s": "soon"}}, r"quality\.wall_s: 'soon': .*number"),
        ({"selection": {"budgt": 5}}, r"selection\.budgt: unknown key; allowed here: .*budget"),
        ({"quality": {"wal": 3}}, r"quality\.wal: unknown key; allowed here: .*wall_s"),
    ],
)
def test_a_mistake_is_one_line_with_the_keys_path(change, said):
    with pytest.raises(RecipeError, match=said) as caught:
        parse_recipe({**GOOD, **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [1", r"r\.yaml:1: not valid YAML"),
        ("- a list", "a recipe is a mapping"),
        ("", "a recipe is a mapping"),
    ],
)
def test_what_is_not_a_recipe_at_all_is_said(tmp_path, text, said):
    path = tmp_path / "r.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=said) as caught:
        load_recipe(path)
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_recipe_is_said(tmp_path):
    with pytest.raises(RecipeError, match="cannot read the recipe"):
        load_recipe(tmp_path / "none.yaml")
    (tmp_path / "r.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeError, match="not UTF-8"):
        load_recipe(tmp_path / "r.yaml")


def test_one_file_may_be_given_without_a_list():
    assert parse_recipe(GOOD).sources[0].files == ["a.jsonl"]


def test_the_default_limit_is_the_pools_own_09_quantile():
    assert parse_recipe(GOOD).diversity.quantile == 0.9
    given = parse_recipe({**GOOD, "diversity": {"max_similarity": 0.945}})
    assert given.diversity.quantile is None


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("recipes/*.yaml")))
def test_every_committed_recipe_is_valid(path):
    assert load_recipe(path).recipe.name == path.stem
