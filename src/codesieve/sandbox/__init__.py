"""Runs untrusted Python in a jail: one warm interpreter a worker, one locked-in fork a job.

What is covered (level L3, Linux, x86_64 and aarch64, as root or not):
- own user, process, mount, network, IPC and host-name namespaces; a read-only root that holds
  /usr, /lib* and the interpreter's prefixes; no /proc, no home, no environment of the user's;
- one private tmpfs, fresh for each job, with caps on bytes and inodes;
- an allow-list of system calls (no fork, exec, sockets), no capabilities, not root, landlock
  where the kernel has it; limits on wall time, memory, threads, descriptors and results;
- verdicts: expected values never enter. A job chooses what its calls return, and nothing else.

What is not:
- memory of all workers together (no cgroup): one job a worker, each up to `memory_mb` + `file_mb`;
- that a job `ran` is the job's own word, so is the status of loading: both can be forged;
- calls of one job share a process: a call sees what earlier calls left, and may read the
  arguments of all; it may also read what is installed beside the interpreter;
- kernel bugs, side channels, and programs that need processes, sockets or /proc: they fail here.
"""

from codesieve.sandbox.codec import Malformed, Unencodable, decode, encode
from codesieve.sandbox.compare import equal
from codesieve.sandbox.probe import probe
from codesieve.sandbox.sandbox import DEFAULT_PREIMPORT, Sandbox, is_entry_point
from codesieve.sandbox.types import (
    Call,
    CallResult,
    Isolation,
    Job,
    Limits,
    Outcome,
    Status,
)

__all__ = [
    "DEFAULT_PREIMPORT",
    "Call",
    "CallResult",
    "Isolation",
    "Job",
    "Limits",
    "Malformed",
    "Outcome",
    "Sandbox",
    "Status",
    "Unencodable",
    "decode",
    "encode",
    "equal",
    "is_entry_point",
    "probe",
]
