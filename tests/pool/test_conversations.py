"""What every shape of record asks and answers."""

import json

import pytest

from codesieve.pool.conversations import Conversation, read_conversations
from codesieve.pool.outcomes import Refusal


def read(tmp_path, records, fields=()):
    path = tmp_path / "rows.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n")
    return list(read_conversations(path, fields))


@pytest.mark.parametrize(
    ("record", "instruction", "response"),
    [
        ({"instruction": "add", "input": "1 2", "output": "3"}, "add\n1 2", "3"),
        ({"prompt": "p", "completion": "c"}, "p", "c"),
        ({"prompt": "p", "canonical_solution": "c"}, "p", "c"),
        ({"query": "q", "response": "r", "prompt": "p", "completion": "c"}, "p\nq", "r\nc"),
        ({"text": "alone"}, "alone", ""),
        (
            {
                "messages": [
                    {"role": "system", "content": "be brief"},
                    {"role": "user", "content": "hi"},
                    {"role": "assistant", "content": "yes?"},
                    {"role": "user", "content": "sort"},
                ]
            },
            "hi\nsort",
            "yes?",
        ),
        (
            {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
            "a",
            "b",
        ),
    ],
)
def test_known_shapes_are_read_whole(tmp_path, record, instruction, response):
    assert read(tmp_path, [record]) == [Conversation(0, instruction, response)]


def test_named_fields_make_the_instruction(tmp_path):
    record = {"meta": {"title": "t"}, "output": "o"}
    assert read(tmp_path, [record], ["meta.title"]) == [Conversation(0, "t", "")]


def test_refused_records_keep_their_number_and_the_rest_theirs(tmp_path):
    found = read(tmp_path, [{"prompt": "a"}, "{broken", {"other": 1}, {"prompt": "b"}])
    assert [one.ordinal for one in found if isinstance(one, Conversation)] == [0, 3]
    assert [one.ordinal for one in found if isinstance(one, Refusal)] == [1, 2]


def test_lone_surrogates_are_replaced(tmp_path):
    assert read(tmp_path, ['{"prompt": "a\\ud800b"}']) == [Conversation(0, "a?b", "")]
