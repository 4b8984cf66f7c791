"""Inside the fork of one job: executes the code, calls the entry point, reports frame by frame.

Everything after `_load` shares the process with hostile code, so nothing reported from there on
can be trusted to be more than data chosen by that code; the supervisor treats it so.
"""

import builtins
import gc
import io
import json
import os
import random
import signal
import sys
from types import ModuleType
from typing import Any, NoReturn

from codesieve.sandbox.codec import Unencodable, pack, unpack
from codesieve.sandbox.wire import LENGTH

_MAX_TEXT = 400


class _EmptyInput(io.RawIOBase):
    """A stdin that is at its end and remembers being asked."""

    asked = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.asked = True
        return 0


def execute(job: dict[str, Any], reports: int, output_bytes: int) -> NoReturn:
    """Execute one decoded job and write its frames to the descriptor `reports`; never returns."""
    leave = os._exit  # the job may put something else there
    gc.enable()
    random.seed(0)  # in the child: a fork seeds anew
    if "numpy.random" in sys.modules:  # preimported
        sys.modules["numpy.random"].seed(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    report = _Reporter(reports)
    stdin = _EmptyInput()
    sys.stdin = io.TextIOWrapper(io.BufferedReader(stdin), encoding="utf-8")
    module = ModuleType("solution" if job["calls"] else "__main__")
    sys.modules[module.__name__] = module
    module.__dict__["__builtins__"] = builtins
    status, detail = _load(job, module.__dict__, stdin)
    report("load", status, detail)
    if status == "ran":
        for index, call in enumerate(job["calls"]):
            kind, payload = _call(module.__dict__, job["entry_point"], call, output_bytes)
            report("call", index, kind, payload)
        report("end")
    leave(0)


class _Reporter:
    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._dump, self._write = descriptor, json.dumps, os.write

    def __call__(self, *parts: object) -> None:
        body = self._dump(parts, separators=(",", ":")).encode("ascii")
        frame = memoryview(LENGTH.pack(len(body)) + body)
        while frame:
            frame = frame[self._write(self._descriptor, frame) :]


def _load(
    job: dict[str, Any], namespace: dict[str, Any], stdin: _EmptyInput
) -> tuple[str, str | None]:
    """Status and detail of executing `setup`, then `code`."""
    for name in ("setup", "code"):
        prefix = "setup: " if name == "setup" else ""
        try:
            code = compile(job[name], f"<{name}>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            return "parse_error", prefix + _describe(error)
        try:
            exec(code, namespace)
        except SystemExit as error:
            if error.code not in (None, 0):
                return ("needs_input" if stdin.asked else "run_error"), prefix + "SystemExit"
        except ModuleNotFoundError as error:
            return "import_missing", prefix + _describe(error)
        except MemoryError:
            return "out_of_memory", prefix + "MemoryError"
        except BaseException as error:
            return ("needs_input" if stdin.asked else "run_error"), prefix + _describe(error)
    return "ran", None


def _call(namespace: dict[str, Any], entry: str, call: Any, output_bytes: int) -> tuple[str, Any]:
    """Kind and payload of one call: the packed value, or a type's name."""
    try:
        args, kwargs = unpack(call)
        value = _resolve(namespace, entry)(*args, **kwargs)
    except BaseException as error:
        return "raised", _type_name(error)
    try:
        return "returned", pack(value, output_bytes)
    except Unencodable as error:
        return "unencodable", str(error)[:_MAX_TEXT]
    except BaseException as error:
        return "unencodable", _type_name(error)


def _resolve(namespace: dict[str, Any], entry: str) -> Any:
    owner, _, method = entry.partition(".")
    name = owner.removesuffix("()")
    if name not in namespace:
        raise NameError(name)
    target = namespace[name]
    if owner != name:
        target = target()
    return getattr(target, method) if method else target


def _type_name(error: object) -> str:
    return str(type(error).__name__)[:_MAX_TEXT]


def _describe(error: BaseException) -> str:
    """Type and message; a message that cannot be had is left out."""
    name = _type_name(error)
    try:
        if isinstance(error, SyntaxError):
            return f"{name}: {str(error.msg)[:_MAX_TEXT]} (line {error.lineno})"
        message = str(error)[:_MAX_TEXT]
    except BaseException:
        return name
    return f"{name}: {message}" if message else name
