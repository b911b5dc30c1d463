"""Figures of a year are counted from an index alone: a fifth of what their rows take."""

from collections.abc import Iterator

import pytest

from domain.ids import RequesterId
from domain.ticket.events import (
    SatisfactionAsked,
    SatisfactionRated,
    TicketCategorised,
    TicketResolved,
)
from projections import kpi, sla_board
from projections.kpi import Window, report
from projections.rebuild import rebuild
from tests.database import Databases
from tests.projections.log import ANN, KIM, Log, minute, opened, replied, said, ticket
from tests.projections.plans import Other, nodes
from tests.projections.postgres import Views, views_on

YEAR = Window(start=minute(0), end=minute(500_000), zone="UTC", as_of=minute(500_000))
VIEWS = (kpi.PROJECTION, sla_board.PROJECTION)
READ_ALONE = [figure for figure in kpi.DEFINITIONS if figure not in ("backlog", "backlog_age")]
"""The backlog is counted from spells and tickets."""


@pytest.fixture(scope="module")
def views(databases: Databases) -> Iterator[Views]:
    log, ann = Log(), RequesterId("ann")
    for n in range(1, 61):
        log.write(
            ticket(f"t{n}"),
            opened(n, n),
            TicketCategorised(by=KIM, at=minute(n + 1), category="x" * 5_000, previous=None),
            replied(f"r{n}", n + 5),
            said(f"m{n}", n + 7),
            replied(f"s{n}", n + 9),
            TicketResolved(by=KIM, at=minute(n + 10), requester=ann, code="fixed"),
            SatisfactionAsked(by=KIM, at=minute(n + 11)),
            SatisfactionRated(by=ANN, at=minute(n + 12), requester=ann, score=5),
        )
    with databases.fresh(migrated=False) as url, views_on(url) as made:
        made.catch_up(log, VIEWS)
        for projection in VIEWS:
            assert rebuild(projection, log, made.store)
        with made.pool.connection() as connection:
            # So few rows are read by any index as quickly: leave the one that it is about.
            for projection in VIEWS:
                schema = f"{projection.name}_v{projection.version}"
                for name in filter(_is_of_facts, (table.name for table in projection.tables)):
                    connection.execute(f"ALTER TABLE {schema}.{name} DROP CONSTRAINT {name}_pkey")
        yield made


@pytest.mark.parametrize("figure", READ_ALONE)
def test_a_figure_is_counted_from_an_index_alone(views: Views, figure: str) -> None:
    with Other(views.url, "enable_seqscan = off", "enable_bitmapscan = off", plans=True) as reader:
        report(reader, [figure], YEAR, group_by=("queue", "priority"))
        plans = reader.plans
    found = [node for plan in plans for node in nodes(plan)]
    facts = [node for node in found if _is_of_facts(node.get("Relation Name", ""))]
    assert facts
    assert {node["Node Type"] for node in facts} == {"Index Only Scan"}, str(facts)


def _is_of_facts(name: str) -> bool:
    return name.startswith("kpi_") or name == "sla_decision"


def test_a_label_that_no_index_has_room_for_is_told_apart_by_its_beginning(views: Views) -> None:
    assert views.store.parked() == []
    (figure,) = report(views.reader(), ["resolved"], YEAR, group_by=("category",)).figures
    assert [(cell.group, cell.n) for cell in figure.cells] == [(("x" * 200,), 60)]
