"""One zygote seen from outside: starts it, hands it a job, takes its reply, ends it."""

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from codesieve.errors import IsolationError
from codesieve.sandbox import wire
from codesieve.sandbox.report import Reply
from codesieve.sandbox.types import Limits

_START_S = 30.0
_GRACE_S = 10.0  # beyond the job's own limit, which the zygote keeps
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[4]);"
    "from codesieve.sandbox.zygote import main;"
    "main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"
)
# As -I, except that the hash seed may be given: the environment is wholly ours.
_FLAGS = ("-s", "-P", "-B", "-X", "utf8")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "MALLOC_ARENA_MAX": "1",  # an arena a thread would eat the address space
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class Worker:
    """A zygote that serves one job at a time, restarted when a job finds it dead."""

    def __init__(self, limits: Limits, preimport: Sequence[str]) -> None:
        self._limits = limits
        self._options = json.dumps(
            {"limits": dataclasses.asdict(limits), "preimport": list(preimport)}
        )
        self._link: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.deadline = 0.0

    def start(self) -> tuple[str, ...]:
        """Start the zygote and return its features; raises IsolationError."""
        ours, theirs = socket.socketpair()
        package = str(Path(__file__).resolve().parents[2])
        with theirs:
            self._link = ours
            try:
                arguments = [str(theirs.fileno()), str(os.getpid()), self._options, package]
                self._process = subprocess.Popen(
                    [sys.executable, *_FLAGS, "-c", _BOOT, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env=_ENVIRONMENT,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self.stop()
                raise _refusal(f"{sys.executable} does not start: {error.strerror}") from None
        ours.settimeout(_START_S)
        try:
            hello = json.loads(wire.receive(ours))
        except (EOFError, OSError, ValueError):
            self.stop()
            raise _refusal("the interpreter ended before it was locked in") from None
        if "error" in hello:
            self.stop()
            raise _refusal(str(hello["error"]))
        ours.settimeout(_GRACE_S)
        return tuple(hello["features"])

    def begin(self, request: bytes) -> None:
        """Hand over a job, starting the zygote if need be; raises OSError or IsolationError."""
        if self._link is None:
            self.start()
        assert self._link is not None
        wire.send(self._link, request)
        self.deadline = time.monotonic() + self._limits.wall_s + _GRACE_S

    def fileno(self) -> int:
        """Descriptor that becomes readable with the reply."""
        return -1 if self._link is None else self._link.fileno()

    def reply(self) -> Reply | None:
        """The reply to the job begun, None (and a stopped zygote) if there is none to be had."""
        try:
            if self._link is None:
                return None
            answer = json.loads(wire.receive(self._link))
            return Reply(**answer, reports=wire.receive(self._link))
        except (EOFError, OSError, ValueError, TypeError):
            self.stop()
            return None

    def stop(self) -> None:
        """End the zygote, all processes inside, and their namespaces."""
        if self._link is not None:
            with contextlib.suppress(OSError):  # raised where it is gone already
                self._link.shutdown(socket.SHUT_RDWR)  # reaches it even where a fork holds a copy
            self._link.close()
            self._link = None
        if self._process is not None:
            try:
                self._process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _refusal(reason: str) -> IsolationError:
    return IsolationError(f"untrusted code cannot be isolated here: {reason}")
