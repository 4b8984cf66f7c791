"""The audit's report: all evidence, one file, nothing of a row's text alive in it."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.leakage.audit import Flag, Verdict
from codesieve.report import (
    AuditReport,
    BenchmarkSummary,
    Exhibit,
    by_weight,
    write_audit_report,
)

FLAG = Flag(
    row=41, row_id="pool.jsonl:41", source="pool.jsonl", benchmark="humaneval",
    task_id="HumanEval/7", score=2.5, verdict=Verdict.DROP,
    views={"grams.whole": 0.875, "code.whole": 0.25},
)  # fmt: skip
EXHIBIT = Exhibit(
    flag=FLAG,
    instruction="Filter an input list of strings only for ones that contain a substring.",
    response="return [x for x in strings if sub in x]",
    prompt="Filter an input list of strings only for those with a given one",
    solution="    return [x for x in strings if substring in x]",
)
SUMMARY = BenchmarkSummary(
    name="humaneval", items=164, items_touched=17, rows=20_022, drop=3, ask=31, keep=19_988,
    textbook_rows=9, tli_mean=0.0342, tli_max=0.717, tli_dropped=1_276, false_positive_rate=0.003,
)  # fmt: skip
REPORT = AuditReport(
    title="Audit of pool.jsonl",
    train=("pool.jsonl",),
    benchmarks=(SUMMARY,),
    sources=(("pool.jsonl", "humaneval", 34),),
    exhibits=(EXHIBIT,),
    left_out=5,
)
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</pre></details><style>*{display:none}</style>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}&lt;script&gt;",
    "\u202etxt.exe\u2066\u200b",
    "a\0b\x1b[31m\x7f",
    "\ud800",
]
VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Tags with their attributes, text by tag, and whether all tags are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.seen = set(), set(), [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.seen.append((tuple(self.open), data))

    def text(self, tag=None):
        return "".join(data for tags, data in self.seen if tag is None or tag in tags)

    def each(self, tag):
        return [data for tags, data in self.seen if tags[-1:] == (tag,)]


def written(folder, report=REPORT):
    write_audit_report(folder / "audit.html", report)
    return (folder / "audit.html").read_bytes().decode("utf-8")


def everywhere(text):
    """A report that has a text in every place where a row, an item or a file may bring it."""
    flag = replace(
        FLAG, row_id=text, source=text, benchmark=text, task_id=text, judge=text, views={text: 0.5}
    )
    exhibit = Exhibit(flag, text, text, text, text)
    return AuditReport(
        text, (text,), (replace(SUMMARY, name=text),), ((text, text, 1),), (exhibit,), 0
    )


def test_the_summary_has_the_audit_and_the_official_tli_beside_each_other(tmp_path):
    page = Page(written(tmp_path))
    cells = page.each("td")[:12]
    assert cells == [
        "humaneval", "164", "20,022", "17", "3", "31", "19,988", "9", "0.3",
        "3.42", "71.7", "1,276",
    ]  # fmt: skip
    assert page.each("td")[12:] == ["pool.jsonl", "humaneval", "34"]
    assert "5 more flagged pairs" in page.text()


def test_an_exhibit_says_all_there_is_to_judge_by(tmp_path):
    shown = replace(EXHIBIT, flag=replace(FLAG, judge="a copy, says the judge"))
    text = written(tmp_path, replace(REPORT, exhibits=(shown,)))
    page = Page(text)
    for part in (
        "drop", "2.500", "pool.jsonl", "41", "pool.jsonl:41", "humaneval", "HumanEval/7",
        "grams.whole", "0.88", "a copy, says the judge",
    ):  # fmt: skip
        assert part in page.text("details")
    assert 'class="bar w88"' in text
    assert re.search(r"\.w88\{width:88%\}", text)
    assert page.each("mark")[0] == "Filter an input list of strings only for"
    first, second = re.findall(r"<pre>(.*?)</pre>", text, flags=re.DOTALL)
    assert Page(f"<pre>{first}</pre>").text() == f"\n{shown.instruction}\n\n{shown.response}"
    assert Page(f"<pre>{second}</pre>").text() == f"\n{shown.prompt}\n\n{shown.solution}"


def test_copies_come_first_and_textbook_tasks_in_a_section_of_their_own(tmp_path):
    flags = [
        replace(FLAG, task_id="kept", verdict=Verdict.KEEP, score=9),
        replace(FLAG, task_id="school", verdict=Verdict.ASK, score=8, textbook=True),
        replace(FLAG, task_id="likely", verdict=Verdict.ASK, score=7),
        replace(FLAG, task_id="low", score=1),
        replace(FLAG, task_id="high", score=2),
    ]
    exhibits = tuple(replace(EXHIBIT, flag=flag) for flag in flags)
    assert [one.flag.task_id for one in by_weight(exhibits)] == [
        "high", "low", "likely", "school", "kept"
    ]  # fmt: skip
    text = written(tmp_path, replace(REPORT, exhibits=exhibits))
    order = [
        "Copies and likely leaks (3", "humaneval: high", "humaneval: low", "humaneval: likely",
        "Textbook tasks (1", "humaneval: school", "Kept pairs (1", "humaneval: kept",
    ]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_an_audit_that_found_nothing_says_so(tmp_path):
    text = written(tmp_path, replace(REPORT, sources=(), exhibits=(), left_out=0))
    assert "No row was flagged" in text
    assert "Copies and likely leaks (0" in text
    assert "Textbook tasks" not in text
    assert "more flagged pairs" not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(tmp_path, hostile):
    plain = Page(written(tmp_path, everywhere("plain")))
    page = Page(written(tmp_path, everywhere(hostile)))
    assert page.tags <= plain.tags | {"mark"}
    assert page.attributes == plain.attributes
    assert not page.tags & {"script", "img", "svg", "link", "iframe", "a", "form"}
    assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
    as_seen = "".join(char if char.isprintable() else repr(char)[1:-1] for char in hostile)
    assert page.text().count(as_seen) >= 12


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40) | st.text("<>&\"'{}%/!-=\r\n\0\u202e", max_size=40))
def test_no_text_breaks_the_page_or_hides_in_it(tmp_path_factory, text):
    page = Page(written(tmp_path_factory.mktemp("page"), everywhere(text)))
    assert not page.tags - {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "table",
        "thead", "tbody", "tr", "th", "td", "details", "summary", "span", "dl", "dt", "dd",
        "section", "pre", "mark",
    }  # fmt: skip
    assert all(char.isprintable() or char in "\n\t" for char in page.text())


def test_the_policy_allows_the_own_style_and_nothing_else(tmp_path):
    text = written(tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    style = re.search(r"<style>(.*?)</style>", text, flags=re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert "://" not in text
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme:dark" in style
    assert ' style="' not in text


def test_texts_of_a_megabyte_are_cut_with_a_note(tmp_path):
    long = "<b>\u202e" * 250_000
    text = written(tmp_path, everywhere(long))
    assert len(text) < 1_000_000
    assert "characters not shown" in text
    Page(text)


def test_a_value_out_of_range_has_no_bar(tmp_path):
    views = {"nan": float("nan"), "more": 3.0, "less": -1.0}
    shown = replace(EXHIBIT, flag=replace(FLAG, views=views))
    text = written(tmp_path, replace(REPORT, exhibits=(shown,)))
    assert text.count('class="bar w0"') == 3


def test_line_ends_of_windows_are_line_ends(tmp_path):
    text = written(tmp_path, everywhere("one\r\ntwo"))
    assert "one\ntwo" in text.partition("<pre>")[2]
    assert "\\r" not in text.partition("<pre>")[2].partition("</pre>")[0]


def test_an_old_report_stays_whole_when_the_new_one_cannot_be_written(tmp_path, monkeypatch):
    before = written(tmp_path)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        write_audit_report(tmp_path / "audit.html", replace(REPORT, title="another"))
    assert (tmp_path / "audit.html").read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["audit.html"]


def test_the_same_report_is_written_the_same(tmp_path):
    assert written(tmp_path) == written(tmp_path)
