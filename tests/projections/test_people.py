"""The directory follows the domain, and finds people by name and address."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.happened import Happened
from domain.ids import AgentId, OrganisationId, QueueId, RequesterId, TeamId, stream_of
from domain.people.agent import AgentDeactivated, AgentJoinedTeam, AgentRegistered
from domain.people.organisation import OrganisationRegistered
from domain.people.queue import QueueCreated, QueueRetired
from domain.people.requester import (
    Medium,
    RequesterAddressAdded,
    RequesterAddressRemoved,
    RequesterMoved,
    RequesterRegistered,
    RequesterRenamed,
)
from domain.people.team import TeamCreated
from projections import people
from tests.projections.kept import applied
from tests.projections.log import AWAY, HOME, KIM, Log, minute
from tests.projections.postgres import Views
from tests.strategies import events

ANN = RequesterId("ann")
WHO: dict[str, Any] = {"by": KIM, "at": minute(0)}


def directory() -> Log:
    log = Log()
    log.write(
        stream_of("requester", "ann"),
        RequesterRegistered(
            requester=ANN, name="Ann Lee", emails=("Ann@Example.org",), phones=("+82 2-123",), **WHO
        ),
        RequesterAddressAdded(requester=ANN, medium=Medium.EMAIL, address="al@work.kr", **WHO),
        RequesterMoved(requester=ANN, organisation=OrganisationId("acme"), previous=None, **WHO),
        RequesterRenamed(requester=ANN, name="Ann Park", previous="Ann Lee", **WHO),
    )
    for name in ("Bob", "bea", "Zoe"):
        ident = RequesterId(name.lower())
        log.write(
            stream_of("requester", ident), RequesterRegistered(requester=ident, name=name, **WHO)
        )
    log.write(
        stream_of("agent", "kim"),
        AgentRegistered(agent=AgentId("kim"), name="Kim", email="kim@desk.org", **WHO),
        AgentJoinedTeam(agent=AgentId("kim"), team=TeamId("two"), **WHO),
        AgentJoinedTeam(agent=AgentId("kim"), team=TeamId("one"), **WHO),
        AgentDeactivated(agent=AgentId("kim"), reason="left", **WHO),
    )
    log.write(stream_of("team", "one"), TeamCreated(team=TeamId("one"), name="One", **WHO))
    log.write(
        stream_of("organisation", "acme"),
        OrganisationRegistered(organisation=OrganisationId("acme"), name="Acme", **WHO),
    )
    log.write(
        stream_of("queue", "q"),
        QueueCreated(queue=QueueId("q"), name="Quick", **WHO),
        QueueRetired(queue=QueueId("q"), **WHO),
    )
    log.write(
        stream_of("requester", "ann"),
        RequesterRegistered(requester=ANN, name="Another Ann", **WHO),
        workspace=AWAY,
    )
    return log


def test_the_directory_is_found_by_id_name_and_address(views: Views) -> None:
    views.catch_up(directory(), (people.PROJECTION,))
    reader = views.reader()
    ann = people.one(reader, "requester", "ann")
    assert ann is not None
    assert (ann["name"], ann["organisation"], ann["version"]) == ("Ann Park", "acme", 4)
    assert people.named(reader, "requester", ["ann", "zoe", "nobody"]) == {
        "ann": "Ann Park",
        "zoe": "Zoe",
    }
    kim = people.one(reader, "agent", "kim")
    assert kim is not None
    assert (kim["active"], kim["teams"]) == (False, ["two", "one"])
    assert people.named(reader, "team", ["one"]) == {"one": "One"}
    assert people.named(reader, "organisation", ["acme"]) == {"acme": "Acme"}
    quick = people.one(reader, "queue", "q")
    assert quick is not None
    assert quick["retired"]

    for address in ("ann@example.org", " ANN@EXAMPLE.ORG ", "al@work.kr"):
        found = people.requesters_at(reader, Medium.EMAIL, address)
        assert [row["id"] for row in found] == ["ann"], address
    assert people.requesters_at(reader, Medium.PHONE, "+822123")[0]["id"] == "ann"
    assert people.requesters_at(reader, Medium.EMAIL, "nobody@example.org") == []


def test_of_two_with_the_same_address_the_first_comer_comes_first(views: Views) -> None:
    log = directory()
    late = RequesterAddressAdded(
        requester=RequesterId("aaa"),
        medium=Medium.EMAIL,
        address="al@work.kr",
        by=KIM,
        at=minute(1),
    )
    log.write(stream_of("requester", "aaa"), late)
    views.catch_up(log, (people.PROJECTION,))
    found = people.requesters_at(views.reader(), Medium.EMAIL, "al@work.kr")
    assert [row["id"] for row in found] == ["ann", "aaa"]


def test_an_address_that_was_removed_leads_nowhere(views: Views) -> None:
    log = directory()
    log.write(
        stream_of("requester", "ann"),
        RequesterAddressRemoved(requester=ANN, medium=Medium.EMAIL, address="al@work.kr", **WHO),
    )
    views.catch_up(log, (people.PROJECTION,))
    assert people.requesters_at(views.reader(), Medium.EMAIL, "al@work.kr") == []
    assert people.requesters_at(views.reader(), Medium.EMAIL, "ann@example.org") != []


def test_a_directory_is_read_in_pages_by_name(views: Views) -> None:
    views.catch_up(directory(), (people.PROJECTION,))
    reader = views.reader()
    first, place = people.listed(reader, "requester", limit=3)
    assert [row["name"] for row in first] == ["Ann Park", "bea", "Bob"]
    rest, end = people.listed(reader, "requester", after=place, limit=3)
    assert ([row["name"] for row in rest], end) == (["Zoe"], None)
    for search, expected in (("EXAMPLE.org", ["ann"]), ("b", ["bea", "bob"]), ("%", [])):
        found, _ = people.listed(reader, "requester", search=search)
        assert [row["id"] for row in found] == expected, search
    found, _ = people.listed(reader, "agent", search="desk.org")
    assert [row["id"] for row in found] == ["kim"]


@pytest.mark.parametrize("category", sorted(people.TABLES))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_rows_survive_any_event_in_batches_of_any_size(category: str, data: st.DataObject) -> None:
    happened: list[Happened] = data.draw(st.lists(events(category), max_size=8))
    log = Log()
    log.write(stream_of(category, "x"), *happened)
    one_by_one = applied(people.PROJECTION, log.all(), range(9))
    assert applied(people.PROJECTION, log.all()) == one_by_one
    assert len(one_by_one[people.TABLES[category].name]) == bool(happened)
    assert HOME in {key[0] for key in one_by_one[people.TABLES[category].name]} or not happened
