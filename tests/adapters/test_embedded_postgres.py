"""The embedded PostgreSQL keeps what it was given, whoever dies."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.postgres import embedded, programs
from adapters.postgres.embedded import DURABLE, THROWAWAY, EmbeddedPostgres
from adapters.postgres.postmaster import postmaster
from adapters.postgres.programs import EmbeddedPostgresError
from tests.database import fastest_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about running as root")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a server's data; whatever runs there is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="cd-", dir=fastest_folder()) as made:
        place = Path(made) / "pg"
        yield place
        EmbeddedPostgres(place).stop(force=True)


def server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, settings=THROWAWAY)


def ask(url: str, question: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        return str(row[0]) if row else ""


def remember(url: str, fact: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS fact (words text)")
        connection.execute("INSERT INTO fact VALUES (%s)", [fact])


def facts(url: str) -> str:
    return ask(url, "SELECT string_agg(words, ',' ORDER BY words) FROM fact")


def pid_of(folder: Path) -> int:
    running = postmaster(folder)
    assert running is not None
    return running.pid


def start_in_another_process(folder: Path) -> subprocess.Popen[str]:
    program = f"""
        from pathlib import Path
        from adapters.postgres.embedded import THROWAWAY, EmbeddedPostgres
        EmbeddedPostgres(Path({str(folder)!r}), settings=THROWAWAY).start()
        print("ready", flush=True)
        input()
    """
    started = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def end(process: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        process.kill()
    process.communicate("\n", timeout=60)


def test_data_is_there_after_a_restart(folder: Path) -> None:
    with server(folder) as first:
        remember(first.url, "kept")
    assert postmaster(folder) is None
    with server(folder) as second:
        assert facts(second.url) == "kept"


def test_text_time_and_case_are_the_same_on_every_machine(folder: Path) -> None:
    with server(folder) as running:
        assert ask(running.url, "SHOW server_encoding") == "UTF8"
        assert ask(running.url, "SHOW timezone") == "UTC"
        assert ask(running.url, "SELECT upper('straßé')") == "STRASSÉ" or "STRAßÉ"
        assert (
            ask(running.url, "SELECT 'a' COLLATE \"default\" > 'B' COLLATE \"default\"") == "True"
        )
        assert int(ask(running.url, "SHOW server_version_num")) >= 180000


def test_settings_are_what_was_asked_for_and_durable_unless_told(folder: Path) -> None:
    with EmbeddedPostgres(folder) as durable:
        assert {name: ask(durable.url, f"SHOW {name}") for name in DURABLE} == dict(DURABLE)
    with EmbeddedPostgres(folder, settings={**THROWAWAY, "work_mem": "7MB"}) as quick:
        assert ask(quick.url, "SHOW fsync") == "off"
        assert ask(quick.url, "SHOW work_mem") == "7MB"


def test_it_recovers_after_the_server_was_killed(folder: Path) -> None:
    first = EmbeddedPostgres(folder, settings=DURABLE).start()
    remember(first.url, "committed")
    os.kill(pid_of(folder), signal.SIGKILL)
    first.stop()
    with server(folder) as second:
        assert second.owned
        assert facts(second.url) == "committed"


def test_it_recovers_when_another_program_has_the_killed_servers_pid(folder: Path) -> None:
    first = EmbeddedPostgres(folder, settings=DURABLE).start()
    remember(first.url, "committed")
    killed = pid_of(folder)
    os.kill(killed, signal.SIGKILL)
    first.stop()
    file = folder / "postmaster.pid"
    file.write_text(file.read_text().replace(str(killed), str(os.getpid()), 1))
    with server(folder) as second:
        assert facts(second.url) == "committed"


def test_it_waits_for_a_killed_server_that_has_not_quite_ended(folder: Path) -> None:
    first = EmbeddedPostgres(folder, settings=DURABLE).start()
    remember(first.url, "committed")
    killed = pid_of(folder)
    os.kill(killed, signal.SIGKILL)
    first.stop()
    stand_in = folder.with_name("postgres")  # a process's name is that of its program
    shutil.copy("/bin/sleep", stand_in)
    folder.parent.chmod(0o755)
    with subprocess.Popen([stand_in, "1"], user=folder.stat().st_uid) as leaving:
        file = folder / "postmaster.pid"
        file.write_text(file.read_text().replace(str(killed), str(leaving.pid), 1))
        with server(folder) as second:
            assert leaving.poll() is not None
            assert facts(second.url) == "committed"


def test_it_waits_also_when_many_connections_of_the_killed_server_have_a_last_word(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come after what the new one says of why it cannot start."""
    postgres = server(folder).start()
    postgres.stop()
    starts = []

    def run(program: str, *given: str, folder: Path) -> None:
        starts.append(program)
        if len(starts) > 1:
            programs.run(program, *given, folder=folder)
            return
        with (folder / "server.log").open("a") as log:
            log.write("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\n")
            log.write("FATAL:  terminating connection due to unexpected postmaster exit\n" * 20)
        raise EmbeddedPostgresError("pg_ctl failed")

    monkeypatch.setattr(embedded, "run", run)
    with server(folder) as again:
        assert ask(again.url, "SELECT 1") == "1"
    assert starts[:2] == ["pg_ctl", "pg_ctl"]


def test_the_next_process_takes_over_when_the_owner_was_killed(folder: Path) -> None:
    owner = start_in_another_process(folder)
    before = pid_of(folder)
    end(owner, kill=True)
    with server(folder) as heir:
        assert heir.owned
        assert pid_of(folder) == before
        assert ask(heir.url, "SELECT 1") == "1"
    assert postmaster(folder) is None


def test_a_process_that_only_attached_leaves_the_server_running(folder: Path) -> None:
    owner = start_in_another_process(folder)
    try:
        with server(folder) as guest:
            assert not guest.owned
        assert ask(guest.url, "SELECT 1") == "1"
    finally:
        end(owner)


def test_only_force_stops_a_server_that_is_somebody_elses(folder: Path) -> None:
    owner = start_in_another_process(folder)
    try:
        guest = server(folder).start()
        guest.stop(force=True)
        assert postmaster(folder) is None
    finally:
        end(owner)


def test_a_path_too_long_for_a_socket_is_no_obstacle(folder: Path) -> None:
    long = folder.parent / ("long, and with spaces " * 8) / "pg"
    with server(long) as running:
        socket_folder = psycopg.conninfo.conninfo_to_dict(running.url)["host"]
        assert len(str(socket_folder)) < 100
        assert ask(running.url, "SELECT 1") == "1"
    assert not Path(str(socket_folder)).exists()


def test_a_folder_of_other_files_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("dear diary")
    with pytest.raises(EmbeddedPostgresError, match="holds other files"):
        server(folder).start()
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_refused_with_the_reason(folder: Path) -> None:
    folder.parent.joinpath("file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be used: .*Make it writable"):
        server(folder.parent / "file" / "pg").start()


def test_a_setting_that_postgres_does_not_know_is_refused_with_its_words(folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r'unrecognized.*"wrong_memory"'):
        EmbeddedPostgres(folder, settings={"wrong_memory": "1MB"}).start()
    with server(folder) as running:
        assert ask(running.url, "SELECT 1") == "1"


def test_a_server_that_does_not_run_has_no_url(folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="Start it first"):
        _ = server(folder).url


def test_nothing_listens_on_the_network(folder: Path) -> None:
    with server(folder) as running:
        assert ask(running.url, "SHOW listen_addresses") == ""
        path = Path(str(psycopg.conninfo.conninfo_to_dict(running.url)["host"]))
        assert path.stat().st_mode & 0o077 == 0
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{path}/.s.PGSQL.5432")


@as_root
def test_root_runs_it_as_another_account_and_opens_no_folder(folder: Path) -> None:
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    with server(closed / "pg") as running:
        assert ask(running.url, "SELECT 1") == "1"
        owner = Path(f"/proc/{pid_of(closed / 'pg')}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name != "root"
    assert closed.stat().st_mode & 0o777 == 0o700


def test_starting_is_quick_enough_for_every_run(folder: Path) -> None:
    server(folder).start().stop(force=True)
    began = time.monotonic()
    with server(folder):
        assert time.monotonic() - began < 30
