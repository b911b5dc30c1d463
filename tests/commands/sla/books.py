"""A book of the workspace in tests of the commands that edit it."""

from typing import Any

from commands.envelope import Command
from domain.ids import SLA_BOOK
from domain.sla.book import Book
from domain.sla.book_events import BookEvent
from tests.given import Given, Log, command_id, given


def given_book(*events: BookEvent) -> Given:
    """These events of the book, and the people and queues of every test."""
    return given().and_given(SLA_BOOK, *events)


def log_of(*events: BookEvent) -> Log:
    log = Log()
    log.streams[SLA_BOOK] = list(events)
    return log


def book_in(log: Log) -> Book:
    book: Book = log.state(SLA_BOOK)
    return book


def asked_twice(log: Log, command: Command, **how: Any) -> tuple[list[Any], list[Any]]:
    """What the same command wrote into the book the first time, and the second time."""
    once = log.ask(command, command_id=command_id("once"), **how)
    again = log.ask(command, command_id=command_id("again"), **how)
    return once.get(SLA_BOOK, []), again.get(SLA_BOOK, [])
