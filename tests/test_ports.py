"""A port that somebody was given is given to nobody else."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ports
from tests.ports import free_ports


def test_nobody_is_given_what_another_process_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from tests.ports import free_ports; print(*free_ports(5), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = {int(port) for port in other.stdout.readline().split()}
        with monkeypatch.context() as patched:
            patched.setattr(os, "getpid", lambda: other.pid)  # begin where it began
            ours = [*free_ports(5), *free_ports(5)]
        other.communicate("\n", timeout=60)
    assert len(theirs) == 5
    assert len({*ours, *theirs}) == 15


def test_a_port_on_which_somebody_listens_is_given_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setattr(ports, "_claimed", lambda _: True)  # who listens has not asked for it
    monkeypatch.setattr(ports, "_FIRST", port)
    monkeypatch.setattr(ports, "_LAST", port + 1)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(OSError, match="are in use"):
        free_ports(1)
    assert free_ports(1) == [port]


def test_the_kernel_proposes_none_of_them() -> None:
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not told.exists() or int(told.read_text().split()[0]) <= ports._LAST:
        pytest.skip("This machine proposes others than Linux does by itself.")
    assert set(free_ports(3)) <= set(range(20_000, 32_768))
