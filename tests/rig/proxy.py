"""A wire to PostgreSQL that can be held or cut at the worst moment."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, quote, urlsplit

_READY_FOR_QUERY = b"Z\x00\x00\x00\x05I"
"""What the server says at the end of an answer, when the transaction is over."""


class Proxy:
    """Forwards connections from a socket of its own to the server's.

    `lose_answer` loses one answer: the server has committed and said so, the client hears nothing
    but the end of the connection. `lose_request` loses one request: the server never gets it.
    While `answers` is cleared no answer passes; while `requests` is, no request.
    """

    def __init__(self, server: str, folder: Path) -> None:
        """`server` is the path of the server's socket, `folder` an empty one with a short path."""
        self.requests, self.answers = Event(), Event()
        self.requests.set()
        self.answers.set()
        self.lost = 0
        """Answers and requests lost so far."""
        self._server = server
        self._folder = folder
        self._lock = Lock()
        self._until_answer: int | None = None
        self._until_request: int | None = None
        self._open: set[socket.socket] = set()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        Thread(target=self._accept, daemon=True).start()

    def url(self, url: str) -> str:
        """The URL of the same database at this end of the wire."""
        host = quote(str(self._folder), safe="")
        return urlsplit(url)._replace(query=f"host={host}&port=5432").geturl()

    def lose_answer(self, after: int = 0) -> None:
        """Let `after` answers pass, and lose the next one."""
        self._until_answer = after

    def lose_request(self, after: int = 0) -> None:
        """Let `after` requests pass, and lose the next one."""
        self._until_request = after

    @property
    def armed(self) -> bool:
        """Whether something is still to be lost."""
        return self._until_answer is not None or self._until_request is not None

    def cut(self) -> None:
        """End all connections, whatever is under way on them."""
        with self._lock:
            _hang_up(*self._open)
            self._open.clear()

    def close(self) -> None:
        self._listening.close()
        self.requests.set()
        self.answers.set()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self._server)
                except OSError:  # the server was killed
                    _hang_up(client, server)
                    continue
                with self._lock:
                    self._open |= {client, server}
                self._forward(client, server, self._lets_request_pass)
                self._forward(server, client, self._lets_answer_pass)

    def _forward(
        self, source: socket.socket, target: socket.socket, passes: Callable[[bytes], bool]
    ) -> None:
        def work() -> None:
            with contextlib.suppress(OSError):
                while (data := source.recv(65536)) and passes(data):
                    target.sendall(data)
            _hang_up(source, target)
            with self._lock:
                self._open -= {source, target}

        Thread(target=work, daemon=True).start()

    def _lets_request_pass(self, data: bytes) -> bool:
        del data
        self.requests.wait()
        with self._lock:
            self._until_request, lose = _count(self._until_request)
            self.lost += lose
        return not lose

    def _lets_answer_pass(self, data: bytes) -> bool:
        self.answers.wait()
        if not data.endswith(_READY_FOR_QUERY):
            return True
        with self._lock:
            self._until_answer, lose = _count(self._until_answer)
            self.lost += lose
        return not lose


@contextlib.contextmanager
def proxy(url: str) -> Iterator[Proxy]:
    """A proxy before the server of `url`, while the block lasts."""
    query = parse_qs(urlsplit(url).query)
    # A socket's path may have no more than about a hundred characters.
    with TemporaryDirectory(prefix="rig-", dir="/tmp") as folder:
        made = Proxy(f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}", Path(folder))
        try:
            yield made
        finally:
            made.close()


def _count(left: int | None) -> tuple[int | None, bool]:
    """One less until the loss; True when this is it."""
    match left:
        case None:
            return None, False
        case 0:
            return None, True
        case _:
            return left - 1, False


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
