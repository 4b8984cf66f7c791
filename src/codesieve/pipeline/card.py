"""The dataset card of a selected set: composition, licences, leakage, recipe."""

from typing import Any

import jinja2

from codesieve.pipeline.atomic import write_text
from codesieve.pipeline.folder import RunFolder

TEMPLATE = """\
---
configs:
- config_name: default
  data_files: train.jsonl
task_categories:
- text-generation
tags:
- code
- instruction-tuning
- codesieve
---

# {{ m.name }}

{% if m.recipe.description %}{{ m.recipe.description }}

{% endif -%}
{{ m.totals.selected }} samples selected out of {{ m.totals.records }} records by
[codesieve](https://arxiv.org/abs/2409.03810) {{ m.codesieve }}{% if m.sample < 1 %} (run on a \
sample of {{ m.sample }} of the records){% endif %}. Each row names its origin (`row_id`), its
scores and its rank; the run folder tells why every other row was left out
(`codesieve explain RUN ROW_ID`).

## Composition

| source | licence | records | samples | selected | share of the set |
|---|---|---:|---:|---:|---:|
{% for s in sources -%}
| {{ s.link }} | {{ s.licence }} | {{ s.records }} | {{ s.samples }} | {{ s.selected }} | \
{{ s.share }} |
{% endfor %}
Every row stays under the licence of its source{% if unlicensed %}; no licence is stated for \
{{ unlicensed }}: check before you publish{% endif %}. Where sources differ, the strictest one \
binds the set as a whole.

## Leakage

Test Leakage Index, percent (mean over benchmark items of the largest share of an item's word \
n-grams that stands in one row):

| benchmark | items | pool | threshold | rows dropped | selected set |
|---|---:|---:|---:|---:|---:|
{% for b in m.leakage -%}
| {{ b.benchmark }} | {{ b["items"] }} | {{ "%.2f" | format(100 * b.tli_mean) }} | \
{{ b.threshold }} | {{ b.dropped }} | {{ "%.2f" | format(100 * b.tli_mean_selected) }} |
{% endfor %}
A threshold bounds the index by construction, and word n-grams do not see a paraphrase or a
translation: a low number is no proof of a clean set.

## Evidence of quality

| evidence | pool | selected |
|---|---:|---:|
{% for status, rows in m.quality.pool.items() -%}
| {{ status }} | {{ rows }} | {{ m.quality.selected.get(status, 0) }} |
{% endfor %}
`tested`: test cases were run outside the reach of the response, the score is the pass rate. `ran`:
the code came to its end, which is weak evidence and forgeable. Rows without evidence take \
{{ "the pool's median" if m.recipe.selection.unknown == "median" else "no part" }}.

## How it was selected

Score = {{ m.recipe.selection.alpha }} x complexity ({{ m.recipe.complexity.scorer }}) + \
{{ "%g" | format(1 - m.recipe.selection.alpha) }} x quality, both normalised \
({{ m.recipe.selection.normalise }}); in that order a row was kept if its cosine similarity to all
kept before was at most {{ "%.4f" | format(m.decision.max_similarity) }}, until \
{{ m.recipe.selection.budget }} were kept.

Seed {{ m.seed }}, fingerprint `{{ m.fingerprint }}`, and this recipe:

{{ recipe }}

## Format

`train.jsonl` and `train.parquet`: `messages` (role, content), `row_id`, `content_id`, `source`,
`language`, `complexity`, `quality`, `quality_status`, `score`, `rank` (1 is best).

```python
from datasets import load_dataset

train = load_dataset("json", data_files="train.jsonl", split="train")
```
"""


def render_card(manifest: dict[str, Any], recipe: str) -> str:
    """The card's Markdown; `recipe` is the recipe as its author wrote it."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    sources = _sources(manifest)
    unlicensed = ", ".join(one["name"] for one in sources if one["licence"] == "not stated")
    template = environment.from_string(TEMPLATE)
    indented = "\n".join(f"    {line}".rstrip() for line in recipe.strip("\n").splitlines())
    return template.render(m=manifest, sources=sources, unlicensed=unlicensed, recipe=indented)


def write_card(folder: RunFolder, manifest: dict[str, Any], recipe: str) -> None:
    """Write selected/README.md."""
    write_text(folder.selected / "README.md", render_card(manifest, recipe))


def _sources(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    total = manifest["totals"]["selected"]
    rows = []
    for source in manifest["recipe"]["sources"]:
        name = source["name"]
        files = [one for one in manifest["sources"] if one["source"] == name]
        selected = manifest["status_by_source"].get(name, {}).get("selected", 0)
        rows.append(
            {
                "name": name,
                "link": f"[{name}]({source['url']})" if source["url"] else name,
                "licence": source["licence"] or "not stated",
                "records": sum(one["records"] for one in files),
                "samples": sum(one["samples"] for one in files),
                "selected": selected,
                "share": f"{selected / total:.1%}" if total else "-",
            }
        )
    return rows
