"""What every test may ask for."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from tests.broker.broker import EXISTING, Broker, program
from tests.broker.jars import NoKafka
from tests.database import Databases, Run, fastest_folder

_RUN = pytest.StashKey[Run]()

# How long one example takes says how busy the machine is, not whether the code is right.
settings.register_profile("chronodesk", deadline=None)
settings.load_profile("chronodesk")


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """Begin a run in the controlling process; join it in a worker."""
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    config.stash[_RUN] = Run.begin() if worker is None else Run(Path(worker["chronodesk_run"]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Session) -> None:
    """Tell a pytest-xdist worker where the run's folder is, before it starts."""
    node.workerinput["chronodesk_run"] = str(node.config.stash[_RUN].folder)  # type: ignore[attr-defined]


@pytest.hookimpl
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """When a broker ends, kafka-python leaves sockets to the garbage collector: no leak of ours."""
    for item in items:
        if _ends_brokers(item):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Such sockets go with the test that they are of, and not in another one."""
    if _ends_brokers(item):
        gc.collect()


def _ends_brokers(item: pytest.Item) -> bool:
    return not {"own_broker", "kafka_programs"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl
def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run when all workers are done."""
    if not hasattr(config, "workerinput") and _RUN in config.stash:
        config.stash[_RUN].end()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases]:
    """A PostgreSQL server, started when the first test needs it; see tests/database.py."""
    run = pytestconfig.stash[_RUN]
    made = Databases(run.server(), run.template)
    yield made
    made.close()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own, with the log's schema in it."""
    with databases.fresh(migrated=True) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own, without any schema."""
    with databases.fresh(migrated=False) as url:
        yield url


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> str:
    """host:port of a Kafka, started when the first test needs it; see tests/broker/broker.py."""
    return os.environ.get(EXISTING) or _started(pytestconfig.stash[_RUN].broker).servers


@pytest.fixture(scope="session")
def killable_broker() -> Iterator[Broker]:
    """The one behind `own_broker`, not started."""
    folder = Path(tempfile.mkdtemp(prefix="broker-", dir=fastest_folder()))
    broker = Broker(folder / "kafka")
    try:
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_broker(killable_broker: Broker) -> Broker:
    """A Kafka that nobody else uses meanwhile, for tests that end it.

    Those of one process take turns, as its start takes seconds: topics have names of their own.
    """
    return _started(killable_broker)


@pytest.fixture(scope="session")
def kafka_programs() -> None:
    """For tests that start a Kafka, or one of its programs, by themselves."""
    with _possible():
        program()


def _started(broker: Broker) -> Broker:
    with _possible():
        return broker.start()


@contextmanager
def _possible() -> Iterator[None]:
    """Where no broker can run, the test is skipped; in CI that is a failure."""
    try:
        yield
    except NoKafka as lacking:
        if os.environ.get("CI"):
            pytest.fail(str(lacking))
        pytest.skip(f"{lacking} (Tests that share a broker can use another: {EXISTING}=host:port.)")
