"""The table of system calls and the filter, against the kernel's headers and an interpreter."""

import re
import struct
from pathlib import Path

import pytest

from codesieve.sandbox.seccomp import build, call_numbers

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x50001, 0x50026
RENAMED = {"newfstatat": "fstatat"}


def verdict(machine: str, number: int, arguments=(0,) * 6, arch: int | None = None) -> int:
    """What the filter returns: a naive interpreter of the classic BPF it uses."""
    data = struct.pack("IIQ6Q", number, arch or ARCH[machine], 0, *arguments)
    program = list(struct.iter_unpack("HBBI", build(machine)))
    place = accumulator = 0
    while True:
        code, true, false, k = program[place]
        place += 1
        if code == 0x06:
            return k
        if code == 0x20:
            (accumulator,) = struct.unpack_from("I", data, k)
        elif code == 0x54:
            accumulator &= k
        else:
            test = {0x15: accumulator == k, 0x35: accumulator >= k, 0x25: accumulator > k}[code]
            place += true if test else false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_numbers_are_those_of_the_kernel_headers(machine):
    if not HEADERS[machine].exists():
        pytest.skip(f"no kernel header {HEADERS[machine]}")
    pairs = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text())
    known: dict[str, set[int]] = {}
    for name, number in pairs:
        known.setdefault(name, set()).add(int(number))
    for name, number in call_numbers(machine).items():
        names = {name, RENAMED.get(name, name)} & known.keys()
        if names:  # calls younger than the header are absent
            assert number in set().union(*(known[n] for n in names)), name


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_exactly_the_listed_numbers_pass(machine):
    numbers = call_numbers(machine)
    conditional = {"prlimit64", "socketpair", "prctl", "ioctl", "clone"}
    plain = {number for name, number in numbers.items() if name not in conditional}
    allowed = {n for n in range(600) if verdict(machine, n, (9,) * 6) == ALLOW}
    assert allowed == plain
    assert verdict(machine, 425) == ENOSYS
    assert verdict(machine, 599) == ENOSYS


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_arguments_decide_where_they_must(machine):
    numbers = call_numbers(machine)
    thread, fork, namespace = 0x3D0F00, 0x01200011, 0x3D0F00 | 0x10000000
    assert verdict(machine, numbers["clone"], (thread, 0, 0, 0, 0, 0)) == ALLOW
    assert verdict(machine, numbers["clone"], (fork, 0, 0, 0, 0, 0)) == EPERM
    assert verdict(machine, numbers["clone"], (namespace, 0, 0, 0, 0, 0)) == EPERM
    assert verdict(machine, 435) == ENOSYS  # clone3
    assert verdict(machine, numbers["prlimit64"], (1, 0, 0, 0, 0, 0)) == EPERM
    assert verdict(machine, numbers["prlimit64"]) == ALLOW
    assert verdict(machine, numbers["socketpair"], (2, 0, 0, 0, 0, 0)) == EPERM
    assert verdict(machine, numbers["socketpair"], (1, 0, 0, 0, 0, 0)) == ALLOW
    assert verdict(machine, numbers["ioctl"], (0, 0x5412, 0, 0, 0, 0)) == EPERM  # TIOCSTI
    assert verdict(machine, numbers["ioctl"], (0, 0x5451, 0, 0, 0, 0)) == ALLOW
    assert verdict(machine, numbers["prctl"], (22, 0, 0, 0, 0, 0)) == EPERM


def test_other_architectures_are_killed_or_refused():
    assert verdict("x86_64", 1, arch=0x40000003) == KILL
    assert verdict("x86_64", 0x40000001) == KILL  # x32
    with pytest.raises(OSError, match="riscv64"):
        build("riscv64")
