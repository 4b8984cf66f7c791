"""Says what isolation this machine offers, by attacking a jail of its own."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

from codesieve.errors import IsolationError
from codesieve.sandbox.sandbox import Sandbox
from codesieve.sandbox.types import Call, Isolation, Job, Limits, Status

_THREADS = 16
_ATTACK = """
import os, socket, threading

def attempt(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return False
    return True

def write(path):
    with open(path, "w") as file:
        file.write("x")

def threads(count):
    gate, made = threading.Event(), 0
    try:
        for _ in range(count):
            threading.Thread(target=gate.wait, daemon=True).start()
            made += 1
    except RuntimeError:
        pass
    gate.set()
    return made

def attack(port, outside, supervisor, count):
    return {
        "reaches the network": attempt(socket.create_connection, ("127.0.0.1", port), 1),
        "writes to a host folder": attempt(write, outside),
        "writes to the interpreter": attempt(write, os.__file__ + ".x"),
        "sees host processes": os.getppid() != 1 or os.path.exists("/proc/self"),
        "signals the zygote": attempt(os.kill, 1, 9) and os.getppid() != 1,
        "makes processes": attempt(os.fork),
        "makes threads beyond the cap": threads(count) >= count,
        "is root": 0 in os.getresuid() + os.getresgid(),
    }
"""


def probe() -> Isolation:
    """The isolation that is really active here; level "none" with a reason. Never raises."""
    try:
        with Sandbox(Limits(processes=_THREADS)) as sandbox, socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder, "x")
                arguments = (listener.getsockname()[1], str(target), os.getpid(), 4 * _THREADS)
                job = Job("probe", _ATTACK, entry_point="attack", calls=(Call(arguments),))
                (outcome,) = sandbox.run([job])
                holes = ["writes to a host folder"] if target.exists() else []
            if outcome.status != Status.RAN or outcome.results[0].kind != "returned":
                detail = outcome.results[0].error or outcome.detail or outcome.status
                return Isolation("none", (), f"the self-test did not run: {detail}")
            holes += _holes(outcome.results[0].value)
            if holes:
                return Isolation("none", (), "a jailed process " + ", ".join(holes))
            return sandbox.isolation
    except (IsolationError, OSError) as error:
        return Isolation("none", (), str(error))


def _holes(facts: dict[str, Any]) -> list[str]:
    return [name for name, happened in facts.items() if happened]
