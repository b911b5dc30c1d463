"""Commands run in this process, on a database of the test's own."""

import pytest
from typer.testing import CliRunner

from api.console.app import app
from tests.api.console.running import Ran, Run


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command: `run("kpi", "opened")`."""
    monkeypatch.setenv("CHRONODESK_DATABASE_URL", database_url)
    monkeypatch.setenv("CHRONODESK_LOG_LEVEL", "error")

    def command(*arguments: str) -> Ran:
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        return Ran(code=result.exit_code, out=result.stdout, err=result.stderr)

    return command


@pytest.fixture
def told(run: Run) -> Run:
    """The same, on a desk with thirty simulated tickets and views up to date."""
    done = run(
        "simulate", "--tickets", "30", "--seed", "5", "--from", "2025-09-01", "--to", "2025-09-08"
    )
    assert done.code == 0, done.err
    assert run("rebuild", "--all").code == 0
    return run
