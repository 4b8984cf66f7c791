"""Landlock: a second wall around files, TCP and signals, on kernels that have it."""

import ctypes
import os
import struct

from codesieve.sandbox import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FIRST_ABI_RIGHTS = (1 << 13) - 1
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP_BIND_CONNECT = 3
_SCOPE_ABSTRACT_UNIX_AND_SIGNALS = 3


def version() -> int:
    """Landlock ABI of this kernel, 0 where there is none."""
    return max(0, kernel.syscall(_CREATE_RULESET, 0, 0, _VERSION))


def restrict(abi: int, writable: str) -> None:
    """Confine this process for good: read anywhere, write below `writable`, no TCP, no signals out.

    `no_new_privs` or CAP_SYS_ADMIN is needed first; raises OSError.
    """
    rights = _FIRST_ABI_RIGHTS | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0)
    network = _TCP_BIND_CONNECT if abi >= 4 else 0
    scope = _SCOPE_ABSTRACT_UNIX_AND_SIGNALS if abi >= 6 else 0
    attributes = struct.pack("QQQ", rights, network, scope)
    attributes = attributes[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = kernel.syscall(_CREATE_RULESET, buffer, len(attributes), 0)
    kernel.check(ruleset, "landlock_create_ruleset")
    try:
        _allow(ruleset, "/", _EXECUTE | _READ_FILE | _READ_DIR)
        _allow(ruleset, writable, rights)
        _allow(ruleset, "/dev/null", _READ_FILE | _WRITE_FILE)
        kernel.check(kernel.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        result = kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        kernel.check(result, "landlock_add_rule")
    finally:
        os.close(place)
