"""The warm interpreter inside the jail: one fork a job.

Started by `worker` in a fresh interpreter, it enters the namespaces, builds the root, imports a
few modules, and then serves jobs over its control socket until that is closed. It never sees an
expected value, and gives the bytes that a job reports to the supervisor unread.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from codesieve.sandbox import child, kernel, landlock, namespaces, root, seccomp, wire

_REPORTS = 3  # the only descriptor beyond stdin, stdout and stderr that a job has
_MAX_DESCRIPTORS = 64
_STACK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Jail:
    """What a child needs to lock itself in."""

    scratch: str
    filter_program: bytes
    landlock_abi: int
    limits: dict[str, Any]


def main(control_descriptor: int, supervisor: int, options: str) -> NoReturn:
    """Entry point of the fresh interpreter; `options` is JSON of limits and modules to import."""
    control = socket.socket(fileno=control_descriptor)
    settings = json.loads(options)
    sys.argv[:], sys.orig_argv[:] = [""], []
    try:
        watched = os.pidfd_open(supervisor)
        if os.getppid() != supervisor:
            os._exit(1)
        trees = root.interpreter_trees()
        entered = namespaces.enter()
        inside = os.fork()
        if inside:
            control.close()
            namespaces.guard(inside, watched)
        os.close(watched)
        jail, features = _prepare(trees, settings)
    except (OSError, ImportError, ValueError) as error:
        with contextlib.suppress(OSError):
            wire.send(control, json.dumps({"error": str(error)}).encode())
        os._exit(1)
    wire.send(control, json.dumps({"features": [*entered, *features]}).encode())
    _serve(control, jail)


def _prepare(trees: tuple[str, ...], settings: dict[str, Any]) -> tuple[_Jail, list[str]]:
    """Build the jail around this process, process 1 of its namespace."""
    kernel.die_with_parent()
    if os.getpid() != 1:
        raise OSError("the process namespace is not a new one")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # process 1 without handlers cannot be signalled
    limits = settings["limits"]
    scratch = root.scratch_folder(trees)
    abi = landlock.version()
    filter_program = seccomp.build()
    socket.sethostname("sandbox")
    root.build(trees, scratch)
    root.mount_scratch(scratch, limits["file_mb"], limits["inodes"])
    os.chdir("/")  # not in the scratch folder: it is renewed
    os.environ.update(TMPDIR=scratch, HOME=scratch)
    kernel.forbid_inspection()
    del sys.path[0]  # the entry that brought this package in
    for module in settings["preimport"]:
        importlib.import_module(module)
    features = ["read-only root", f"private tmpfs on {scratch}", "rlimits", "no capabilities"]
    features += ["no new privileges", "seccomp", *([f"landlock {abi}"] if abi else [])]
    return _Jail(scratch, filter_program, abi, limits), features


def _serve(control: socket.socket, jail: _Jail) -> NoReturn:
    gc.collect()
    gc.disable()
    gc.freeze()
    while True:
        try:
            job = json.loads(wire.receive(control))
            answer, reports = _run(control, job, jail)
            wire.send(control, json.dumps(answer).encode())
            wire.send(control, reports)
        except (EOFError, OSError):
            os._exit(0)
        root.renew_scratch(jail.scratch, jail.limits["file_mb"], jail.limits["inodes"])


def _run(control: socket.socket, job: dict[str, Any], jail: _Jail) -> tuple[dict[str, Any], bytes]:
    """Fork, collect what the child reports, and leave no process behind."""
    reading, writing = os.pipe()
    start = time.monotonic()
    process = os.fork()
    if process == 0:
        leave = os._exit  # the job may put something else there
        try:
            _become_child(control, writing, jail)
            child.execute(job, _REPORTS, jail.limits["output_bytes"])
        finally:
            leave(1)
    os.close(writing)
    reports, ended = _collect(control, reading, start, jail.limits)
    wall = time.monotonic() - start
    code, cpu = _end_all(process)
    os.close(reading)
    return {"ended": ended, "code": code, "wall_s": wall, "cpu_s": cpu}, reports


def _collect(
    control: socket.socket, reading: int, start: float, limits: dict[str, Any]
) -> tuple[bytes, str]:
    """Bytes reported until the child closes its end, and how that ended."""
    data = bytearray()
    deadline = start + limits["wall_s"]
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(control, 0)  # hang-up only
    while True:
        left = deadline - time.monotonic()
        events = dict(poll.poll(max(0.0, left) * 1000))
        if control.fileno() in events:
            raise EOFError("the supervisor is gone")
        if reading in events:
            chunk = os.read(reading, 1 << 16)
            data += chunk
            if not chunk:
                return bytes(data), "closed"
            if len(data) > limits["output_bytes"]:
                return bytes(data[: limits["output_bytes"]]), "output_limit"
        if left <= 0:
            return bytes(data), "timeout"


def _end_all(process: int) -> tuple[int, float]:
    """Kill and reap all other processes of the namespace; exit code or -signal, CPU seconds."""
    if os.getpid() != 1:  # kill(-1) is for a process namespace of our own only
        os._exit(1)
    with contextlib.suppress(ProcessLookupError):  # an exiting process keeps its exit code
        os.kill(-1, signal.SIGKILL)
    _, status, usage = os.wait4(process, 0)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait4(-1, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def _become_child(control: socket.socket, writing: int, jail: _Jail) -> None:
    """Lock this process in for good, then say so: the first frame, before any hostile code."""
    control.detach()
    os.dup2(writing, _REPORTS, inheritable=False)
    kernel.close_from(_REPORTS + 1)
    limits = jail.limits
    ours = 2 if os.getuid() == root.JAIL_ID else 0  # guard and zygote, when of the same uid
    for kind, value in (
        (resource.RLIMIT_AS, limits["memory_mb"] << 20),
        (resource.RLIMIT_FSIZE, limits["file_mb"] << 20),
        (resource.RLIMIT_NOFILE, _MAX_DESCRIPTORS),
        (resource.RLIMIT_NPROC, limits["processes"] + ours),
        (resource.RLIMIT_STACK, _STACK_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))
    if os.getuid() != root.JAIL_ID:
        os.setgroups([])
        os.setresgid(root.JAIL_ID, root.JAIL_ID, root.JAIL_ID)
        os.setresuid(root.JAIL_ID, root.JAIL_ID, root.JAIL_ID)
    os.chdir(jail.scratch)
    kernel.drop_capabilities()
    if jail.landlock_abi:
        landlock.restrict(jail.landlock_abi, jail.scratch)
    kernel.install_filter(jail.filter_program)
    frame = b'["locked"]'
    os.write(_REPORTS, wire.LENGTH.pack(len(frame)) + frame)
