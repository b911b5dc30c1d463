"""The tables of events and folds, and the marks on personal data."""

from dataclasses import fields

import pytest

from domain.happened import Happened, personal_fields
from domain.kinds import EVENT_TYPES, EVENTS, events_of, kind_of
from domain.states import FOLDS

ALL = sorted(EVENT_TYPES.values(), key=kind_of)


def test_every_category_has_events_and_a_fold() -> None:
    assert set(EVENTS) == set(FOLDS)


def test_stored_names_are_unique_and_begin_with_their_category() -> None:
    assert len(EVENT_TYPES) == sum(len(events_of(category)) for category in EVENTS)
    for category in EVENTS:
        for event in events_of(category):
            assert kind_of(event).startswith(f"{category}.")


@pytest.mark.parametrize("event", ALL, ids=kind_of)
def test_an_event_says_what_it_means_and_whose_data_it_holds(event: type[Happened]) -> None:
    assert event.__doc__
    assert not event.__doc__.startswith(f"{event.__name__}(")
    names = {field.name for field in fields(event)}
    for field, person in personal_fields(event).items():
        assert field in names
        assert person in names


def test_what_people_write_is_marked_as_theirs() -> None:
    theirs = {"body": "requester", "attachments": "requester"}
    assert personal_fields(EVENT_TYPES["ticket.message_received"]) == theirs
    assert personal_fields(EVENT_TYPES["agent.registered"]) == {"name": "agent", "email": "agent"}
    assert personal_fields(EVENT_TYPES["requester.registered"]) == {
        "name": "requester",
        "emails": "requester",
        "phones": "requester",
    }
