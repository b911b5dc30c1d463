"""Ports for servers that are processes of their own, and listen a while after a port was chosen.

A port that the kernel proposes (by a bind to 0) and that is let go again may be proposed to
somebody else before the server has started. These are therefore none that the kernel proposes, and
whoever asks for one has it, among all processes that ask here, until it ends: also while its server
is away for a moment.
"""

import os
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below what Linux proposes, unless somebody has told it otherwise."""


def free_ports(count: int) -> list[int]:
    """So many ports of 127.0.0.1 that nobody listens on. Raises OSError when there are too few."""
    found: list[int] = []
    # Where to begin differs from process to process: so they seldom try what others have.
    begin = os.getpid() * 37
    for n in range(_LAST - _FIRST):
        port = _FIRST + (begin + n) % (_LAST - _FIRST)
        if _claimed(port) and _is_free(port):  # in this order: a look is a bind, for a moment
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"All ports from {_FIRST} to {_LAST} are in use.")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _claimed(port: int) -> bool:
    """Take the port among those who ask here: by a name that the kernel gives to one at a time."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0chronodesk-tests-port-{port}")
    except OSError:
        claim.close()
        return False
    claim.detach()  # stays open, and so taken, for as long as this process lives
    return True
