"""The seccomp filter: an allow-list of system calls, as classic BPF built once per zygote.

Allowed is what a single-process Python program without network needs. Not on the list, among
others: fork and exec (threads are allowed), sockets (socketpair is), ptrace, mounts, namespaces,
keys, bpf, io_uring, memfd and System V memory (they would escape the memory limit).
"""

import platform
import struct

from codesieve.sandbox.syscalls import ALLOWED, ARGUMENTS

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 1, "aarch64": 2}
_X32_BIT = 0x40000000
_FIRST_RECENT = 424  # unlisted calls from here on look absent, so that libc falls back

_LOAD, _EQUAL, _AT_LEAST, _GREATER, _AND, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x54, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_EPERM, _ENOSYS = 0x00050001, 0x00050026

_CLONE_THREAD = 0x00010000
_CLONE_NEW_ANYTHING = 0x7E020080

Instruction = tuple[int, int, int, int]


def build(machine: str | None = None) -> bytes:
    """BPF program for this or the named machine; raises OSError where we have no table."""
    machine = machine or platform.machine()
    if machine not in _AUDIT_ARCH:
        raise OSError(f"seccomp: no table of system calls for {machine}")
    numbers = call_numbers(machine)
    program: list[Instruction] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL),
    ]
    for name, (position, values) in ARGUMENTS.items():
        program += _argument_check(numbers.pop(name), position, values)
    program += _clone_check(numbers.pop("clone"))
    program += _ranges(sorted(numbers.values()))
    program += [
        (_AT_LEAST, 0, 1, _FIRST_RECENT),
        (_RETURN, 0, 0, _ENOSYS),
        (_RETURN, 0, 0, _EPERM),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def call_numbers(machine: str) -> dict[str, int]:
    """Name -> number of every allowed call that the machine has."""
    rows = [entry.split(":") for entry in ALLOWED.split()]
    return {row[0]: int(row[_COLUMN[machine]]) for row in rows if row[_COLUMN[machine]] != "-"}


def _argument_check(number: int, position: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow call `number` only with one of `values` (32 bits) as its argument `position`."""
    count = len(values)
    checks = [(_EQUAL, count - index, 0, value) for index, value in enumerate(values)]
    body = [(_LOAD, 0, 0, 16 + 8 * position), *checks]
    body += [(_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW)]
    return [(_EQUAL, 0, len(body), number), *body]


def _clone_check(number: int) -> list[Instruction]:
    """Allow clone for threads only; clone3, whose flags are out of reach, looks absent."""
    body = [
        (_LOAD, 0, 0, 16),
        (_AND, 0, 0, _CLONE_THREAD | _CLONE_NEW_ANYTHING),
        (_EQUAL, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return [(_EQUAL, 0, len(body), number), *body]


def _ranges(numbers: list[int]) -> list[Instruction]:
    """Allow the numbers, merged into ranges."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    program: list[Instruction] = []
    for first, last in spans:
        program += [
            (_GREATER, 2, 0, last),
            (_AT_LEAST, 0, 1, first),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return program
