"""Mines instruction data from the functions of installed Python source, by syntax alone.

One row = one public function or method with a docstring of substance. The instruction is our words
around its signature and docstring; the response is its source, with the imports, constants and
helpers that it needs from its module and without docstrings, so that it stands alone: what needs
more than the standard library is left out, and so is what does nothing. A function
whose doctests show ``list(f(...))`` is asked for together with `f_list`, whose results compare.
No mined module is imported or executed. Rows carry the licence of the package they come from.
"""

import ast
import hashlib
import importlib.metadata
import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from codesieve.pool.mine_examples import literal_examples, without_listed
from codesieve.pool.mine_find import licence, source_files, stdlib_modules
from codesieve.pool.mine_source import Function, ModuleSource, NotSelfContained
from codesieve.pool.mine_words import Described, instruction

DEFAULT_PACKAGES = (  # by rows a second of mining
    *("more_itertools", "toolz", "boltons", "packaging", "pip", "setuptools", "fsspec", "narwhals"),
    *("joblib", "pydantic", "rich", "jinja2", "markdown_it", "click", "typer", "yaml", "filelock"),
    *("pyarrow", "pygments", "numpy", "sklearn", "scipy"),
)
MIN_DOCSTRING_WORDS = 6
MAX_DOCSTRING_CHARS = 4_000
MAX_CODE_LINES = 160
MAX_CODE_CHARS = 6_000
MAX_STATEMENTS = 30
LISTED = "\n\ndef {listed}(*args, **kwargs):\n    return list({name}(*args, **kwargs))\n"
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEPRECATED = (".. deprecated", "deprecated", "obsolete")


@dataclass(frozen=True, slots=True)
class MinedRow:
    """One mined pair; `id` is "module:qualname", `package` the top-level name it came from."""

    instruction: str
    response: str
    id: str
    package: str
    licence: str

    def as_record(self) -> dict[str, str]:
        """The row as a JSON object."""
        return asdict(self)


def mine_packages(modules: Sequence[str] | None = None) -> Iterator[MinedRow]:
    """Rows mined from top-level modules and packages, in the order given, files sorted by path.

    None means the standard library, then DEFAULT_PACKAGES. A package that is not installed, or
    has no Python source, gives no rows. The same files give the same rows in the same order.
    Functions whose response equals an earlier one are left out.
    """
    seen: set[bytes] = set()
    owners = importlib.metadata.packages_distributions()
    for package in [*stdlib_modules(), *DEFAULT_PACKAGES] if modules is None else modules:
        terms = licence(package, owners)
        for name, path in source_files(package):
            text = path.read_text(encoding="utf-8", errors="replace")
            for row in mine_module(name, text, path.name == "__init__.py", package, terms):
                key = hashlib.blake2b(row.response.encode(), digest_size=16).digest()
                if key not in seen:
                    seen.add(key)
                    yield row


def mine_module(
    name: str, text: str, is_package: bool, package: str, terms: str
) -> Iterator[MinedRow]:
    """Rows of one module's source text; none where it is not valid Python."""
    module = ModuleSource(name, text, is_package)
    try:
        body = module.tree.body
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            row = _mine(module, node, None, package, terms)
            if row is not None:
                yield row
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, Function) and not method.name.startswith("_"):
                    row = _mine(module, method, node.name, package, terms)
                    if row is not None:
                        yield row


def _mine(
    module: ModuleSource, node: Function, owner: str | None, package: str, terms: str
) -> MinedRow | None:
    """The row of one function, or None where it has no docstring of substance or needs too much."""
    docstring = _docstring(node)
    if docstring is None or _is_trivial(node.body[1:]):
        return None
    try:
        code = _stand_alone(module, node, owner)
    except (NotSelfContained, SyntaxError):  # symtable refuses more than the parser does
        return None
    if code.count("\n") > MAX_CODE_LINES or len(code) > MAX_CODE_CHARS or "```" in code:
        return None
    if "TODO" in code or "NotImplementedError" in code:
        return None
    shown = [] if owner else literal_examples(docstring, node.name)
    examples = [example for example in shown if not example.as_list]
    listed = None
    if shown and not examples:
        examples, listed = shown, f"{node.name}_list"
        docstring = without_listed(docstring, node.name)
        code += LISTED.format(listed=listed, name=node.name)
    words = Described(module.name, node.name, _signature(node), docstring, owner, listed)
    qualname = f"{owner}.{node.name}" if owner else node.name
    return MinedRow(
        instruction(words, examples),
        f"```python\n{code}```",
        f"{module.name}:{qualname}",
        package,
        terms,
    )


def _docstring(node: Function) -> str | None:
    text = ast.get_docstring(node, clean=False)
    if text is None or "%(" in text:  # a template, filled in when the module is imported
        return None
    if _SURROGATE.search(text):  # an escape that UTF-8 cannot write
        return None
    text = inspect.cleandoc(text).strip()
    short = len(text.split()) < MIN_DOCSTRING_WORDS or len(text) > MAX_DOCSTRING_CHARS
    start = text[:200].casefold()
    return None if short or any(word in start for word in _DEPRECATED) else text


def _is_trivial(body: list[ast.stmt]) -> bool:
    """Whether a body does nothing: it is empty, passes, raises, or returns a constant or a name."""
    if len(body) != 1:
        return not body
    only = body[0]
    if isinstance(only, ast.Return):
        return isinstance(only.value, ast.Constant | ast.Name | ast.Attribute | None)
    return isinstance(only, ast.Pass | ast.Raise | ast.Expr)


def _signature(node: Function) -> str:
    """Name and parameters on one line, without annotations."""

    def bare(argument: ast.arg | None) -> ast.arg | None:
        return ast.arg(argument.arg) if argument else None

    given = node.args
    shown = ast.arguments(
        posonlyargs=[ast.arg(a.arg) for a in given.posonlyargs],
        args=[ast.arg(a.arg) for a in given.args],
        vararg=bare(given.vararg),
        kwonlyargs=[ast.arg(a.arg) for a in given.kwonlyargs],
        kw_defaults=given.kw_defaults,
        kwarg=bare(given.kwarg),
        defaults=given.defaults,
    )
    return f"{node.name}({ast.unparse(shown)})"


def _stand_alone(module: ModuleSource, node: Function, owner: str | None) -> str:
    """Source of a function after what it needs; a method stands in its class, otherwise empty."""
    needed, names = module.closure(node, MAX_STATEMENTS)
    imports: list[str] = ["from __future__ import annotations\n"] * module.delays_annotations
    rest: list[tuple[int, str]] = []
    for statement in needed:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imports.extend(module.import_lines(statement, names))
        else:
            rest.append((statement.lineno, module.source(statement)))
    own = module.source(node)
    rest.append((node.lineno, f"class {owner}:\n{own}" if owner else own))
    rest.sort()
    blocks = ["".join(dict.fromkeys(imports)), *(text for _, text in rest)]
    return _spaced([block for block in blocks if block])


def _spaced(blocks: list[str]) -> str:
    """Blocks one under the other, with two blank lines around defs and classes."""
    text = blocks[0]
    for before, block in itertools.pairwise(blocks):
        tall = any(
            b.lstrip().startswith(("def ", "class ", "@", "async ")) for b in (before, block)
        )
        text += ("\n\n" if tall else "") + block
    return text
