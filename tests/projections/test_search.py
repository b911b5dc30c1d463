"""The search finds the tickets that have the words, and no others: against plain Python."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import MessageId, RequesterId
from domain.ticket.events import (
    NoteAdded,
    TicketRenamed,
)
from domain.ticket.words import Format
from projections import conversation, queue, search
from projections.search import queries
from projections.search.rows import ERA, Terms, Where
from projections.search.rows import TICKET as TABLE
from projections.search.words import asked, words
from projections.ticket_filter import TicketFilter
from projections.verify import verify
from tests.database import Databases
from tests.projections.kept import applied
from tests.projections.log import (
    AWAY,
    HOME,
    KIM,
    Log,
    minute,
    opened,
    replied,
    said,
    ticket,
)
from tests.projections.plans import Other, nodes
from tests.projections.postgres import Views, views_on

PROJECTIONS = (queue.PROJECTION, conversation.PROJECTION, search.PROJECTION)
ANN = RequesterId("ann")


def noted(text: str, at: float) -> NoteAdded:
    return NoteAdded(message=MessageId(text), requester=ANN, body=text, by=KIM, at=minute(at))


@pytest.fixture(scope="module")
def desk(databases: Databases) -> Iterator[Views]:
    """A few tickets that say different things, and one of another workspace."""
    log = Log()
    log.write(ticket("fire"), opened(1, subject="Printer on fire", description="It smokes."))
    log.write(ticket("fire"), said("The toner melted", 2), replied("Pull the plug.", 3))
    log.write(ticket("fire"), noted("Supplier Foo is told about toner", 4))
    log.write(ticket("pay"), opened(2, subject="신용카드결제 오류", description="결제가 안돼요"))
    log.write(ticket("pay"), said("환불을 부탁드립니다", 5))
    bob = opened(3, subject="Fire drill", description="When?", requester=RequesterId("bob"))
    log.write(ticket("drill"), bob)
    log.write(
        ticket("html"),
        opened(4, subject="Wiki", description="<p>broken <b>links</b></p>", format=Format.HTML),
    )
    log.write(
        ticket("renamed"),
        opened(5, subject="Printer jam", description=""),
        TicketRenamed(subject="Scanner jam", previous="", requester=ANN, by=KIM, at=minute(9)),
    )
    log.write(ticket("theirs"), opened(1, subject="Printer of others"), workspace=AWAY)
    with databases.fresh(migrated=False) as url, views_on(url) as made:
        made.catch_up(log, PROJECTIONS)
        yield made


def found(views: Views, question: str, **more: Any) -> list[str]:
    return [one.ticket for one in search.tickets(views.reader(), HOME, question, 20, **more)]


@pytest.mark.parametrize(
    ("question", "tickets"),
    [
        ("printer", {"fire"}),
        ("PRINT", {"fire"}),
        ("fire", {"drill", "fire"}),
        ("fire toner", {"fire"}),
        ("toner", {"fire"}),
        ("supplier", {"fire"}),
        ("결제", {"pay"}),
        ("결제를", {"pay"}),
        ("카드결제", {"pay"}),
        ("환불", {"pay"}),
        ("결", {"pay"}),
        ("links", {"html"}),
        ("scanner", {"renamed"}),
        ("jam", {"renamed"}),
        ("drill toner", {"drill", "fire"}),  # none has both
        ("nowhere", set()),
        ("'; DROP TABLE", set()),
        ("!!", set()),
    ],
)
def test_tickets_are_found_by_their_words(desk: Views, question: str, tickets: set[str]) -> None:
    assert set(found(desk, question)) == tickets


def test_subjects_come_before_messages_and_the_newer_before_the_older(desk: Views) -> None:
    log = Log()
    for n, name in enumerate(("noted", "said", "titled", "newer"), 1):
        subject = "About wombats" if name in ("titled", "newer") else "Nothing"
        log.write(ticket(name), opened(n, subject=subject, description=""))
    log.write(ticket("said"), said("wombats everywhere", 5))
    log.write(ticket("noted"), noted("wombats again", 5))
    rows = applied(search.PROJECTION, log.all())["search_ticket"].values()
    assert len(rows) == 4
    with psycopg.connect(desk.url, autocommit=True) as connection:
        for row in rows:
            connection.execute(
                "INSERT INTO search_v1.search_ticket VALUES (%s, %s, %s, %s, %s, %s)",
                [row.workspace, row.ticket, row.number, row.requester, row.room, row.terms],
            )
    assert found(desk, "wombats") == ["newer", "titled", "said", "noted"]


def test_a_requester_finds_own_tickets_by_what_is_public(desk: Views) -> None:
    assert set(found(desk, "fire", requester="ann")) == {"fire"}
    assert set(found(desk, "fire", requester="bob")) == {"drill"}
    assert found(desk, "toner", requester="ann") == ["fire"]
    assert found(desk, "supplier", requester="ann") == []
    assert found(desk, "fire", requester="nobody") == []


def test_another_workspace_is_not_seen(desk: Views) -> None:
    theirs = desk.reader(AWAY)
    assert [one.ticket for one in search.tickets(theirs, AWAY, "printer", 9)] == ["theirs"]
    # Whoever names another workspace in the question still reads through the own one's view.
    assert search.tickets(desk.reader(), AWAY, "printer", 9) == []
    rows = desk.reader().fetch("SELECT DISTINCT workspace FROM read.search_ticket")
    assert [row["workspace"] for row in rows] == [HOME]
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute("SET ROLE chronodesk_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM search_v1.{TABLE.name}")
        assert connection.execute("SELECT FROM read.search_ticket").fetchall() == []


def test_rows_are_those_of_the_log(views: Views) -> None:
    log = Log()
    log.write(ticket("a"), opened(1, subject="Ünïcödé 결제", description="b's \\ 'x' 漢字"))
    log.write(ticket("a"), said("more b x", 2), replied("x", 3), noted("x y", 4))
    views.catch_up(log, (search.PROJECTION,))
    report = verify(search.PROJECTION, log, views.store)
    assert report is not None
    assert not report.differences


WORDS = st.sampled_from(["red", "reds", "blue", "결제", "결제가", "오류", "green 7"])
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6), question=TEXTS)
def test_exactly_what_has_all_words_is_found(
    desk: Views, texts: list[tuple[str, str, str]], question: str
) -> None:
    log = Log()
    for n, (subject, body, note) in enumerate(texts, 1):
        log.write(ticket(f"x{n}"), opened(n, subject=subject, description=body), noted(note, 3))
    rows = applied(search.PROJECTION, log.all())["search_ticket"].values()
    groups = asked(question)

    def has_all(text: str) -> bool:
        held = words(text)
        return all(
            any(have.startswith(word) if word.isascii() else have == word for have in held)
            for group in groups
            for word in group
        )

    expected = {f"x{n}" for n, parts in enumerate(texts, 1) if has_all(" . ".join(parts))}
    with psycopg.connect(desk.url, autocommit=True) as connection:
        query = queries.query_of(groups)
        matched = {
            row.ticket
            for row in rows
            if groups
            and connection.execute(
                "SELECT %s::tsvector @@ %s::tsquery", [row.terms, query]
            ).fetchone()
            == (True,)
        }
    assert matched == (expected if groups else set())


@pytest.mark.parametrize("question", ["common", "common word"])
def test_of_too_many_the_newest_are_ranked(
    databases: Databases, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_RANKED", 5)
    log = Log()
    for n in range(1, 41):
        number = n * ERA // 4
        log.write(ticket(f"t{n}"), opened(number, subject="A common word", description=""))
    with databases.fresh(migrated=False) as url, views_on(url) as views:
        views.catch_up(log, (search.PROJECTION,))
        assert found(views, question)[:3] == ["t40", "t39", "t38"]


# ── Subjects ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "tickets"),
    [
        ("inter", {"fire"}),
        ("드결", {"pay"}),
        ("오류", {"pay"}),
        ("jam", {"renamed"}),
        ("r j", {"renamed"}),
        ("#2", {"pay"}),
        ("5", {"renamed"}),
        ("FIRE", {"fire", "drill"}),
        ("nowhere", set()),
        ("i", {"fire", "drill", "html"}),
    ],
)
def test_a_list_finds_the_middle_of_subjects(desk: Views, text: str, tickets: set[str]) -> None:
    wanted = TicketFilter(text=text, tickets=("fire", "pay", "drill", "html", "renamed"))
    page = queue.page(desk.reader(), wanted)
    assert {row["ticket"] for row in page.rows} == tickets
    assert queue.count(desk.reader(), wanted) == len(tickets)


def test_candidates_are_left_out_where_they_are_many(
    desk: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = search.with_candidates(desk.reader(), TicketFilter(text="fire"))
    assert set(few.tickets) == {"fire", "drill"}
    both = search.with_candidates(desk.reader(), TicketFilter(text="fire", tickets=("pay",)))
    assert (both.tickets, both.also) == (("pay",), TicketFilter(tickets=few.tickets))
    nested = search.with_candidates(desk.reader(), TicketFilter(also=TicketFilter(text="fire")))
    assert nested.also == few
    monkeypatch.setattr("projections.search.subjects.MOST", 1)
    assert search.with_candidates(desk.reader(), TicketFilter(text="fire")).tickets == ()


# ── Helpers and plans ────────────────────────────────────────────────────────────────────────────


@given(st.dictionaries(st.sampled_from(["a", "b", "결제", "0x1"]), st.sets(st.sampled_from(Where))))
def test_terms_are_read_as_they_were_written(held: dict[str, set[Where]]) -> None:
    terms = Terms()
    for word, places in held.items():
        for place in places:
            terms.add([word], place)
    again = Terms(str(terms))
    assert str(again) == str(terms)
    for place in Where:
        assert again.words((place,)) == {word for word, places in held.items() if place in places}
        again.remove(place)
        assert again.words((place,)) == set()


def test_searches_go_by_an_index(databases: Databases) -> None:
    log = Log()
    for n in range(1, 3_001):
        log.write(ticket(f"t{n}"), opened(n, subject=f"Word{n} stands here", description=f"d{n}"))
    with databases.fresh(migrated=False) as url, views_on(url) as views:
        views.catch_up(log, (queue.PROJECTION, search.PROJECTION))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        with Other(views.url, plans=True) as reader:
            search.tickets(reader, HOME, "word77 d77", 10)
            queue.page(reader, TicketFilter(text="ord2999"))
            plans = reader.plans
    assert plans
    for node in (node for plan in plans for node in nodes(plan)):
        assert node["Node Type"] != "Seq Scan", node
