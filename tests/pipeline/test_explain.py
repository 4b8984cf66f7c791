"""One row's whole story."""

import pytest
from tests.pipeline.pools import make_recipe

from codesieve.errors import RunError
from codesieve.pipeline.explain import find_story
from codesieve.pipeline.run import run


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return run(make_recipe(tmp_path_factory.mktemp("toy"))).folder.root


def test_a_row_tells_every_rules_word_and_its_scores(root):
    story = find_story(root, "first/first.jsonl#7")
    assert story.ledger["status"] == "leaked"
    rules = {verdict["rule"]: verdict for verdict in story.verdicts}
    assert rules["leakage.toy"]["counterpart"] == "Toy/0"
    assert "largest prime factor" in rules["leakage.toy"]["note"]
    assert story.columns["complexity"] is not None
    assert story.sample["turns"][0]["content"].startswith("Please solve")


def test_a_content_id_tells_the_same_story(root):
    story = find_story(root, "first/first.jsonl#3")
    assert find_story(root, story.ledger["content_id"]).row_id == "first/first.jsonl#3"


def test_a_refused_record_tells_where_it_stands_and_why(root):
    story = find_story(root, "first/first.jsonl#63")
    assert story.quarantine["reason"] == "broken_json"
    assert story.quarantine["bytes"].startswith(b'{"instruction"')


def test_an_unknown_row_and_a_folder_without_a_run_are_said(root, tmp_path):
    with pytest.raises(RunError, match="no row"):
        find_story(root, "first/first.jsonl#999")
    with pytest.raises(RunError, match="no finished run"):
        find_story(tmp_path, "x")
