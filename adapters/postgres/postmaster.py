"""What a data folder's `postmaster.pid` says about the server that runs on it, or did."""

import os
import re
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from adapters.postgres.programs import give_away

PORT = "5432"  # only a part of the socket's name: nothing listens on the network
MARK = "cluster_name=chronodesk"  # in `postmaster.opts` when the server was started by us

_LONGEST_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")  # 107 bytes fit in a socket's address
_OWN_SOCKET_FOLDER = "chronodesk-pg-"
_NOBODYS_PID = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmaster:
    """A server that is said to run. It may have been killed since."""

    folder: Path
    pid: int
    sockets: str

    @property
    def answers(self) -> bool:
        """Whether it takes connections, if only to say that it is still recovering."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(f"{self.sockets}/.s.PGSQL.{PORT}")
            except OSError:
                return False
        return True

    @property
    def ours(self) -> bool:
        """Whether an `EmbeddedPostgres` started it, in this process or another."""
        return MARK in (self.folder / "postmaster.opts").read_text()

    def forget_if_dead(self) -> None:
        """Let a new server start although the killed one's pid is in use.

        PostgreSQL refuses to start while that number belongs to a process of its user. That is
        usual after a container's restart, or when nobody collects the killed one (a zombie).
        Only the number is replaced: the rest of the file tells the new server how to make sure
        that no process of the old one is still at work on the data.
        """
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return
        if "Name:\tpostgres\n" in status and "State:\tZ" not in status:
            return
        file = self.folder / "postmaster.pid"
        file.write_text(re.sub(r"^\d+", str(_NOBODYS_PID), file.read_text()))
        Path(self.sockets, f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def remove_own_socket_folder(self) -> None:
        """Delete the folder that `socket_folder` made for this server, if it did."""
        if Path(self.sockets).name.startswith(_OWN_SOCKET_FOLDER):
            shutil.rmtree(self.sockets, ignore_errors=True)


def postmaster(folder: Path) -> Postmaster | None:
    """Read who is said to serve the folder; None if nobody, or if it has only begun to start."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    match lines:
        case [pid, _data, _started, _port, sockets, *_]:
            return Postmaster(folder=folder, pid=int(pid), sockets=sockets)
        case _:
            return None


def socket_folder(data: Path) -> Path:
    """Give the data folder if a socket's path fits in there, else a new short one."""
    if len(os.fsencode(data)) <= _LONGEST_FOLDER and "," not in str(data):
        return data
    short = Path(tempfile.mkdtemp(prefix=_OWN_SOCKET_FOLDER, dir="/tmp"))  # TMPDIR may be long too
    give_away(short, like=data)
    return short
