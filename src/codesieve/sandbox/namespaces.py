"""Entering the namespaces, and the guard that stays outside of them.

Three processes a zygote: the guard (started by the supervisor), and its child, process 1 of the
new process namespace, which forks one child a job. Whoever kills process 1 kills all inside.
"""

import contextlib
import os
import select
from pathlib import Path
from typing import NoReturn

from codesieve.sandbox import kernel
from codesieve.sandbox.root import JAIL_ID

_REST = (
    kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)


def enter() -> tuple[str, ...]:
    """Enter new namespaces (the process one with the next fork) and name them; raises OSError."""
    with contextlib.suppress(OSError):  # if memory runs out, the jail goes first
        Path("/proc/self/oom_score_adj").write_text("1000")
    user = _enter_user_namespace()
    kernel.unshare(_REST, "namespaces (pid, mount, net, ipc, uts)")
    return (*user, "pid", "mount", "net", "ipc", "uts")


def guard(inside: int, supervisor: int) -> NoReturn:
    """Wait until process 1 ends or the supervisor (a pidfd) does; then end, and so does process 1.

    A pidfd rather than the parent-death signal, which fires when the *thread* ends that started us.
    """
    watched = os.pidfd_open(inside)
    poll = select.poll()
    for descriptor in (watched, supervisor):
        poll.register(descriptor, select.POLLIN)
    poll.poll()
    os._exit(0)


def _enter_user_namespace() -> tuple[str, ...]:
    if os.geteuid() != 0:
        uid, gid = os.geteuid(), os.getegid()
        kernel.unshare(kernel.CLONE_NEWUSER, "user namespace")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{JAIL_ID} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{JAIL_ID} {gid} 1")
        return ("user",)
    return ("user",) if _enter_as_root() else ()


def _enter_as_root() -> bool:
    """User namespace with identical ids: root inside has no power outside, process counts are ours.

    Only somebody outside may write the full map, so a helper is left there first. False where user
    namespaces are switched off: root can do without.
    """
    here, there = os.pipe()
    zygote = os.getpid()
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            os.close(there)
            if os.read(here, 1):
                for kind in ("uid_map", "gid_map"):
                    lines = Path(f"/proc/self/{kind}").read_text().splitlines()
                    ranges = (line.split() for line in lines)
                    text = "".join(f"{start} {start} {count}\n" for start, _, count in ranges)
                    Path(f"/proc/{zygote}/{kind}").write_text(text)
            code = 0
        finally:
            os._exit(code)
    os.close(here)
    try:
        kernel.unshare(kernel.CLONE_NEWUSER, "user namespace")
    except OSError:
        os.close(there)
        os.waitpid(helper, 0)
        return False
    os.write(there, b"x")
    os.close(there)
    if os.waitpid(helper, 0)[1] != 0:
        raise OSError("user namespace: the id map was refused")
    return True
