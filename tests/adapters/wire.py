"""A wire to PostgreSQL that can be cut at the worst moment."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs, quote, urlsplit

_READY_FOR_QUERY = b"Z\x00\x00\x00\x05I"
"""What the server says at the end of an answer, when the transaction is over."""


class Wire:
    """Forwards connections from a socket of its own to the server's.

    `cut_after_commit` loses the next answer: the server has committed and said so, the client
    hears nothing but the end of the connection.
    """

    def __init__(self, server: str, folder: Path) -> None:
        self.cut_after_commit = Event()
        self._server = server
        folder.mkdir()
        self._folder = folder
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        Thread(target=self._accept, daemon=True).start()

    def url(self, url: str) -> str:
        """The URL of the same database at this end of the wire."""
        host = quote(str(self._folder), safe="")
        return urlsplit(url)._replace(query=f"host={host}&port=5432").geturl()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                Thread(target=self._there, args=(client, server), daemon=True).start()
                Thread(target=self._back, args=(server, client), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        _hang_up(client, server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if self.cut_after_commit.is_set():
                    if data.endswith(_READY_FOR_QUERY):
                        self.cut_after_commit.clear()
                        break
                    continue
                client.sendall(data)
        _hang_up(client, server)


@contextlib.contextmanager
def wire(url: str, folder: Path) -> Iterator[Wire]:
    """A wire to the server of `url`, whose socket is in `folder` while the block lasts."""
    query = parse_qs(urlsplit(url).query)
    laid = Wire(f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}", folder)
    try:
        yield laid
    finally:
        laid.close()


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
