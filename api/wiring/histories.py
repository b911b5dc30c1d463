"""Whole histories into the log: imported ones, simulated ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from adapters.dry_run import DryRunNumbers, DryRunStore
from adapters.importing.mapping import load_mapping
from adapters.importing.report import ImportReport, as_json, as_text
from adapters.importing.run import OnProgress, import_history
from adapters.postgres.bell import Bell
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.processes import cores
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import Written, write
from api.services import Services
from domain.ids import WorkspaceId

__all__ = ["as_json", "as_text", "bulk_store", "import_file", "tell_histories"]


def import_file(
    services: Services, path: Path, mapping: str, *, dry_run: bool, on_progress: OnProgress
) -> ImportReport:
    """Bring a history into the log (with `dry_run`, only say what that would do).

    Raises ImportRefused, StoreUnavailable, or ProcessLost.
    """
    with bulk_store(services) as bulk:
        dry = DryRunStore(services.store)
        return import_history(
            path,
            load_mapping(mapping),
            store=dry if dry_run else services.store,
            bulk=dry if dry_run else bulk,
            numbers=DryRunNumbers() if dry_run else services.numbers,
            clock=services.clock,
            workspace=WorkspaceId(services.settings.workspace),
            on_progress=on_progress,
            processes=cores(),
        )


def tell_histories(
    services: Services,
    *,
    tickets: int,
    seed: int,
    start: datetime,
    end: datetime,
    progress: Callable[[int, int], None],
) -> Written:
    """Simulate `tickets` from `start` to `end`.

    `progress` hears of each batch's tickets and events. Raises ValueError for a plan that makes no
    sense, StoreUnavailable, and ProcessLost.
    """
    plan = Plan(
        workspace=WorkspaceId(services.settings.workspace),
        tickets=tickets,
        seed=seed,
        start=start,
        end=end,
    )
    with bulk_store(services) as bulk:
        told = simulate(plan, services.numbers, services.clock.now(), cores())
        return write(bulk, told, progress)


@contextmanager
def bulk_store(services: Services) -> Iterator[PostgresBulkStore]:
    """A way into the log for whole histories: open while they are written, and no longer."""
    url = services.database_url
    with open_pool(url, 1, role=LOADER) as pool, Bell(url) as bell:
        yield PostgresBulkStore(pool, bell)
