"""The user's text of training records: its fields, what is refused, the record's own bytes."""

import json

import pytest
from tests.pool.source_files import COMPRESSIONS, FORMATS, compress, encode

from codesieve.errors import RecipeError, SourceError
from codesieve.pool import Refusal
from codesieve.pool.texts import TextRow, find_text, read_texts

ALPACA = [
    {"instruction": "Add two\nnumbers.", "input": "1 2", "output": "3"},
    {"instruction": "Say é.", "input": "", "output": ""},
]


def rows_of(path, *fields, raw=False):
    return list(read_texts(path, find_text(path, fields), raw=raw))


def words_of(path, *fields):
    return [one.text.split() for one in rows_of(path, *fields)]


def write(path, rows):
    path.write_bytes(encode(rows, ".jsonl"))
    return path


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("packed", COMPRESSIONS)
def test_every_format_gives_the_same_texts_in_order(suffix, packed, tmp_path):
    path = tmp_path / f"train{suffix}{packed}"
    path.write_bytes(compress(encode(ALPACA, suffix), packed))
    rows = rows_of(path, raw=True)
    assert [row.ordinal for row in rows] == [0, 1]
    words = [" ".join(row.text.split()) for row in rows]
    assert words == ["Add two numbers. 1 2", "Say é."]
    assert [json.loads(row.raw) for row in rows] == ALPACA
    assert not any(b"\n" in row.raw for row in rows)


def test_lines_come_as_they_stand_to_the_byte(tmp_path):
    path = tmp_path / "train.jsonl"
    lines = [
        b'{"prompt" : "a",  "completion":"\\u00e9", "n": 1.50, "n": 2}\r',
        b"",
        b"not json",
        b'  {"completion": null, "prompt": "b \xc3\xa9"} ',
    ]
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines))
    found = rows_of(path, raw=True)
    assert [type(one) for one in found] == [TextRow, Refusal, TextRow]
    assert [one.raw for one in found if isinstance(one, TextRow)] == [lines[0], lines[3]]
    assert [one.place for one in found] == ["line 1", "line 3", "line 4"]


def test_bytes_are_brought_only_where_they_are_asked_for(tmp_path):
    assert {row.raw for row in rows_of(write(tmp_path / "a.jsonl", ALPACA))} == {b""}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"instruction": "a", "input": "b", "output": "c"}, "a b"),
        ({"instruction": "a", "response": "c", "output": "d"}, "a"),  # two shapes, one text
        ({"instruction": "a"}, "a"),
        ({"prompt": "a", "lang": "c"}, "a"),
        ({"problem": "a", "solution": "c"}, "a"),
        ({"input": "a", "output": "c"}, "a"),
        ({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]}, "a"),
        (
            {
                "conversations": [
                    {"from": "human", "value": "a b"},
                    {"from": "gpt", "value": "c"},
                    {"from": "human", "value": "d"},
                ]
            },
            "a b d",
        ),
    ],
)
def test_the_shape_tells_the_user_text_with_or_without_an_answer(row, words, tmp_path):
    assert words_of(write(tmp_path / "a.jsonl", [row])) == [words.split()]


def test_rows_that_ask_nothing_count_with_an_empty_text(tmp_path):
    rows = [*ALPACA, {"instruction": " ", "input": None, "output": "x"}]
    assert words_of(write(tmp_path / "a.jsonl", rows))[2] == []


def test_named_fields_make_the_text_in_their_order(tmp_path):
    path = write(
        tmp_path / "a.jsonl",
        [
            {"title": "t", "body": {"text": "b c"}, "chat": [{"role": "user", "content": "u"}]},
            {"title": "only", "body": None},
        ],
    )
    assert words_of(path, "body.text", "title", "chat") == [["b", "c", "t", "u"], ["only"]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"output": "x"}, "missing_field"),
        ({"instruction": None, "input": None}, "missing_field"),
        ({"instruction": 7, "output": "x"}, "wrong_type"),
        ({"instruction": "\ud800", "output": "x"}, "invalid_utf8"),
        ({"instruction": ["a", "b"], "output": "x"}, "wrong_type"),
    ],
)
def test_a_record_without_a_readable_text_is_refused_with_its_place(row, reason, tmp_path):
    found = rows_of(write(tmp_path / "a.jsonl", [*ALPACA, row, *ALPACA]))
    assert [one.ordinal for one in found] == list(range(5))
    assert isinstance(found[2], Refusal)
    assert (str(found[2].reason), found[2].place) == (reason, "line 3")
    assert json.loads(found[2].raw) == row


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "a.jsonl: no records; the file is empty"),
        (
            [{"a": "b", "c d": "e"}],
            "no known field holds the user's text; say which with --fields; has: a, 'c d'",
        ),
        ([{"prompt": "a", "response": "b", "question": "c", "answer": "d"}], "prompt or in quest"),
        ([{"prompt": "a"}, {"question": "c"}], "prompt or in question"),
    ],
)
def test_a_file_whose_text_is_not_clear_is_one_line(rows, said, tmp_path):
    with pytest.raises(SourceError) as error:
        find_text(write(tmp_path / "a.jsonl", rows))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_refused_records_alone_says_where_and_why(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("nonsense\n[]\n")
    with pytest.raises(SourceError, match="no usable record; the first, line 1: broken_json"):
        find_text(path)


def test_a_named_field_that_no_record_has_is_said(tmp_path):
    path = write(tmp_path / "a.jsonl", ALPACA)
    with pytest.raises(RecipeError, match=r"no field 'instructions' .*has: instruction, input"):
        find_text(path, ["input", "instructions"])
