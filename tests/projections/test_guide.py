"""The guide's example is a working projection."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from domain.ids import MessageId, RequesterId
from domain.ticket.events import NoteAdded
from projections.rebuild import rebuild
from projections.verify import verify
from tests.projections.log import KIM, RULE, Log, minute, opened, replied, ticket
from tests.projections.postgres import Views

GUIDE = Path(__file__).parents[2] / "docs/how-to/add-a-projection.md"


def example(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    module = ModuleType("projection_of_the_guide")
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    exec(compile(code[1], str(GUIDE), "exec"), module.__dict__)  # noqa: S102 - our own guide
    return module


def test_the_example_counts(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = example(monkeypatch)
    log = Log(lanes=2)
    note = NoteAdded(
        message=MessageId("n"), requester=RequesterId("ann"), body="psst", by=KIM, at=minute(3)
    )
    for name in ("a", "bb"):
        log.write(ticket(name), opened(), replied("one", 1), replied("two", 2, RULE), note)
    views.catch_up(log, (guide.PROJECTION,))
    expected = [{"agent": "kim", "replies": 2, "notes": 2}]
    assert guide.busiest(views.reader(), 5) == expected
    assert rebuild(guide.PROJECTION, log, views.store)
    assert guide.busiest(views.reader(), 5) == expected
    verified = verify(guide.PROJECTION, log, views.store)
    assert verified is not None
    assert verified.sound
