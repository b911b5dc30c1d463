"""The tests' own broker: a real one, started once, back after a crash, gone at the end."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaTimeoutError
from pydantic import SecretStr

from adapters.kafka.connection import Connection
from adapters.kafka.topic import KafkaTopic
from api.kafka_settings import KafkaSettings
from projections.following import Mark
from projections.publish_ports import TopicUnavailable
from tests.broker.broker import PASSWORD, USER, Broker
from tests.broker.jars import NoKafka, java
from tests.broker.topics import read_all
from tests.contracts.topic import events


def test_it_is_a_kafka_of_version_4(kafka: str) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        assert admin.describe_cluster()["controller_id"] == 1


def test_it_keeps_what_it_was_told_when_it_is_killed(own_broker: Broker) -> None:
    with KafkaAdminClient(bootstrap_servers=own_broker.servers) as admin:
        admin.create_topics([NewTopic("kept", 1, 1)])
    with KafkaProducer(bootstrap_servers=own_broker.servers) as producer:
        producer.send("kept", b"once").get(timeout=60)
    own_broker.kill()
    own_broker.start()
    assert [record.value for record in read_all(own_broker.servers, "kept", 0)] == [b"once"]


def test_who_starts_it_second_gets_the_same_one_and_who_ends_it_ends_it_for_all(
    own_broker: Broker,
) -> None:
    program = (
        "from pathlib import Path; from tests.broker.broker import Broker;"
        f"broker = Broker(Path({str(own_broker.folder)!r})).start();"
        "print(broker.servers); broker.stop()"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == own_broker.servers
    assert not own_broker.is_running()


def test_a_process_that_has_the_id_of_a_dead_broker_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (tmp_path / "pid").write_text(str(other.pid))
        Broker(tmp_path).kill()
        assert other.poll() is None
        assert other.stdin is not None
        other.stdin.write(b"\n")


def test_its_other_door_asks_for_a_name_and_a_password(own_broker: Broker) -> None:
    def consumer(password: str, **more: Any) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=own_broker.signed,
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_plain_username=USER,
            sasl_plain_password=password,
            **more,
        )

    consumer(PASSWORD).close()
    with pytest.raises(KafkaTimeoutError):  # it does not say that the password is the reason
        consumer("wrong", bootstrap_timeout_ms=3_000).close()


def test_its_third_door_is_encrypted_and_settings_open_it(
    tmp_path: Path, kafka_programs: None
) -> None:
    """As CHRONODESK_KAFKA__... say it."""
    broker = Broker(tmp_path / "kafka", tls=True)

    def topic(more: dict[str, Any], **given: Any) -> KafkaTopic:
        settings = KafkaSettings(
            servers=broker.encrypted, security="SASL_SSL", mechanism="PLAIN", username=USER, **given
        )
        way = Connection(servers=settings.addresses, security=settings.options | more)
        return KafkaTopic(way, "sealed", source="/chronodesk", replication=1)

    try:
        broker.start()
        right = topic({}, password=SecretStr(PASSWORD), ca_file=broker.certificate)
        right.prepare([0])
        with right.open(0) as partition:
            partition.write(events(3))
        assert right.marks([0])[0] == Mark.of(events(3)[-1])
        soon = {"bootstrap_timeout_ms": 2_000}
        stranger = topic(
            soon, password=SecretStr(PASSWORD)
        )  # whose certificate the system does not know
        with pytest.raises(TopicUnavailable, match="cannot be reached, or does not let us in"):
            stranger.marks([0])
        wrong = topic(soon, password=SecretStr("wrong"), ca_file=broker.certificate)
        with pytest.raises(TopicUnavailable, match="cannot be reached, or does not let us in"):
            wrong.marks([0])
    finally:
        broker.kill()


def test_a_machine_without_java_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(NoKafka, match="no Java here"):
        java()


def test_a_java_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(NoKafka, match="Java 17 or newer"):
        java()
