"""A real Apache Kafka: one node in KRaft mode, on the loopback, at ports nobody else has.

All processes of a test run share one, as they share a PostgreSQL (tests/database.py): the first
that needs it starts it, and it is ended with the run. `CHRONODESK_TEST_KAFKA=host:port` names one
to use instead; tests make topics of their own in it, and delete them.
"""

import contextlib
import fcntl
import os
import shlex
import signal
import socket
import subprocess
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import uuid4

from tests.broker.jars import class_path, java
from tests.ports import free_ports

EXISTING = "CHRONODESK_TEST_KAFKA"

USER, PASSWORD = "chronodesk", "only-in-tests"
"""Who may sign in at the listener that asks."""

_PATIENCE = 90.0
"""Seconds for a start; it takes three on a machine with nothing else to do."""

_MEMORY = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAIN://127.0.0.1:{port},SIGNED://127.0.0.1:{signed},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAIN://127.0.0.1:{port},SIGNED://127.0.0.1:{signed}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,SIGNED:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.signed.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=2
log.cleaner.enable=false
"""


_TLS = """
listener.name.tls.ssl.keystore.location={keystore}
listener.name.tls.ssl.keystore.password={password}
listener.name.tls.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
"""
"""Of a listener that is encrypted, and asks, too."""


class Broker:
    """A broker whose data, ports and process id are in a folder. Any process may start or end it.

    After `kill` or `stop`, `start` brings it back with the same data at the same ports.
    """

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        """With `tls` it has an encrypted listener as well: making a certificate takes seconds."""
        self.folder = folder
        self._tls = tls
        self._pid = folder / "pid"
        self._properties = folder / "server.properties"

    @property
    def servers(self) -> str:
        """host:port of the listener that lets in everybody."""
        return self._listener("PLAIN")

    @property
    def signed(self) -> str:
        """host:port of the listener that wants USER and PASSWORD."""
        return self._listener("SIGNED")

    @property
    def encrypted(self) -> str:
        """host:port of the listener that is encrypted, and wants USER and PASSWORD."""
        return self._listener("TLS")

    @property
    def certificate(self) -> Path:
        """What that one shows."""
        return self.folder / "certificate.pem"

    def start(self) -> "Broker":
        """Run, unless it does already; returns when it answers. Raises NoKafka."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.is_running():
                if not self._properties.exists():
                    self._format()
                self._run()
        return self

    def answers(self) -> bool:
        """Whether it takes connections."""
        host, port = self.servers.split(":")
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return True
        return False

    def stop(self) -> None:
        """End it in good order, if it runs."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let it neither answer nor hang up, until `resume`."""
        os.kill(int(self._pid.read_text()), signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(int(self._pid.read_text()), signal.SIGCONT)

    def _format(self) -> None:
        port, signed, controller = free_ports(3)
        text = _PROPERTIES.format(
            port=port,
            signed=signed,
            controller=controller,
            data=self.folder / "data",
            user=USER,
            password=PASSWORD,
        )
        if self._tls:
            text = self._with_tls(text)
        draft = self.folder / "server.properties.new"
        draft.write_text(text)
        cluster = urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
        # It may begin with a dash: as a word of its own it would look like an option.
        format_ = (
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            "--config",
            draft,
        )
        done = subprocess.run(program(*format_), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Kafka could not make its folder:\n{done.stdout}{done.stderr}")
        draft.rename(self._properties)

    def _with_tls(self, text: str) -> str:
        keystore = self.folder / "keystore.p12"
        common = ["-keystore", str(keystore), "-storepass", PASSWORD, "-alias", "broker"]
        made = ["-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-validity", "2"]
        for command in (
            [*made, "-ext", "san=ip:127.0.0.1", "-storetype", "PKCS12"],
            ["-exportcert", "-rfc", "-file", str(self.certificate)],
        ):
            keytool = [str(Path(java()).with_name("keytool")), *command, *common]
            subprocess.run(keytool, capture_output=True, check=True)
        (port,) = free_ports(1)
        here = f"TLS://127.0.0.1:{port}"
        for line in ("listeners=", "advertised.listeners="):
            text = text.replace(f"\n{line}", f"\n{line}{here},")
        text = text.replace(",SIGNED:SASL_PLAINTEXT", ",SIGNED:SASL_PLAINTEXT,TLS:SASL_SSL")
        return text + _TLS.format(keystore=keystore, user=USER, password=PASSWORD)

    def _run(self) -> None:
        # By a shell that leaves at once, so that it is no child of who started it.
        shell = f'"$@" >>{shlex.quote(str(self.folder / "output"))} 2>&1 & echo $!'
        started = subprocess.run(
            ["sh", "-c", shell, "sh", *program("kafka.Kafka", self._properties)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests, which end it when they are done
            text=True,
            check=True,
        )
        self._pid.write_text(started.stdout)
        deadline = time.monotonic() + _PATIENCE
        time.sleep(0.1)  # until then it is a shell still, and not known by its command line
        while self.is_running() and time.monotonic() < deadline:
            if self.answers():
                return
            time.sleep(0.05)
        said = (self.folder / "output").read_text()[-4_000:]
        raise RuntimeError(f"Kafka does not start:\n{said}")

    def _end(self, how: signal.Signals) -> None:
        if not self.is_running():
            return
        pid = int(self._pid.read_text())
        os.kill(pid, signal.SIGCONT)  # one that is paused would not hear
        os.kill(pid, how)
        deadline = time.monotonic() + _PATIENCE
        while self.is_running():
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        self._pid.unlink()

    @property
    def pid(self) -> int | None:
        """The process that it was last; None: it was ended."""
        try:
            return int(self._pid.read_text())
        except (OSError, ValueError):
            return None

    def is_running(self) -> bool:
        """Whether the process is there and is this broker: ids of processes are used again."""
        try:
            pid = int(self._pid.read_text())
            return str(self._properties).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False

    def _listener(self, name: str) -> str:
        for line in self._properties.read_text().splitlines():
            if line.startswith("advertised.listeners="):
                listeners = line.partition("=")[2].split(",")
                return dict(listener.split("://") for listener in listeners)[name]
        raise ValueError(f"{self._properties} names no listeners.")


def program(*arguments: str | Path) -> list[str]:
    """The command line of one of Kafka's programs. Raises NoKafka."""
    return [java(), *_MEMORY, "-cp", class_path(), *map(str, arguments)]
