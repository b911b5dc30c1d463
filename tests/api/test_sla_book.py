"""Calendars and policies over HTTP: set, looked at as of any instant, sent back as they came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person

SEOUL: dict[str, Any] = {
    "display_name": "Seoul",
    "zone": "Asia/Seoul",
    "weekly": {"monday": ["09:00-12:00", "13:00-18:00"], "friday": ["18:00-24:00", "09:00-18:00"]},
    "holidays": [{"day": "2027-05-05", "name": "어린이날"}],
    "openings": [{"day": "2027-12-31", "name": "Last day", "windows": ["09:00-12:00"]}],
}
GOLD: dict[str, Any] = {
    "display_name": "Gold",
    "rank": 10,
    "condition": {
        "all": [
            {"attribute": "priority", "op": "is", "values": ["urgent", "high"]},
            {"none": [{"attribute": "tags", "op": "is", "values": ["spam"]}]},
        ]
    },
    "promises": [
        {
            "clock": "first_response",
            "targets": {"high": {"seconds": 3600, "calendar": "seoul"}},
            "steps": [{"name": "soon", "share": 0.75, "notify": ["assignee"]}],
        },
        {
            "clock": "resolution",
            "targets": {"high": {"seconds": 7200.5, "calendar": "24x7"}},
            "paused_in": ["waiting-requester"],
        },
    ],
}
CALENDAR, POLICY = "/sla/calendars/seoul", "/sla/policies/gold"


def sets(person: Person, path: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    command = "set_calendar" if "calendars" in path else "set_policy"
    answer = person.post(f"{path}/{command}", {**body, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def later(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


@pytest.fixture
def book(desk: Desk) -> Desk:
    """A desk with a calendar and a policy that counts on it."""
    sets(desk.admin, CALENDAR, SEOUL)
    sets(desk.admin, POLICY, GOLD)
    return desk


def test_what_is_shown_can_be_sent_back_as_it_is(book: Desk) -> None:
    for path in (CALENDAR, POLICY, "/sla/calendars/office-hours", "/sla/policies/default"):
        shown = book.agent.get(path).json()
        built_in = shown["version"] == 0
        again = sets(book.admin, path, shown["definition"])
        assert again["changed"] is built_in, path  # what was built in is theirs from now on
        assert book.agent.get(path).json()["definition"] == shown["definition"]
        assert sets(book.admin, path, shown["definition"])["changed"] is False


def test_a_calendar_is_shown_as_it_was_set(book: Desk) -> None:
    answer = book.agent.get(CALENDAR)
    shown = answer.json()
    weekly = {**SEOUL["weekly"], "friday": ["09:00-18:00", "18:00-24:00"]}
    assert shown["definition"] == {**SEOUL, "weekly": weekly}
    assert (shown["version"], shown["retired"], shown["policies"]) == (1, False, ["gold"])
    (version,) = shown["versions"]
    assert (version["change"], version["by"]["id"]) == ("set", "admin")
    assert version["effective_at"] == version["recorded_at"]
    assert answer.headers["ETag"] == '"2"'


def test_a_policy_is_shown_in_words_too(book: Desk) -> None:
    shown = book.agent.get(POLICY).json()
    assert shown["in_words"] == "priority is urgent or high, and not (tags is spam)"
    assert shown["definition"]["condition"] == GOLD["condition"]
    assert shown["definition"]["promises"][1]["targets"]["high"]["seconds"] == 7200.5


def test_versions_are_looked_at_as_of_any_instant(book: Desk) -> None:
    before = datetime.now(UTC).isoformat()
    sets(book.admin, CALENDAR, SEOUL, zone="Asia/Tokyo")
    sets(book.admin, CALENDAR, SEOUL, zone="UTC", effective_at=later(9))

    def zone(**params: Any) -> Any:
        return book.agent.get(CALENDAR, params=params).json()["definition"]["zone"]

    assert zone() == "Asia/Tokyo"
    assert zone(as_of=before) == "Asia/Seoul"
    assert zone(as_of=later(10)) == "UTC"
    assert zone(version=1) == "Asia/Seoul"
    assert book.agent.get(CALENDAR).json()["coming"] == [4]
    assert book.agent.get(CALENDAR, params={"as_of": "2020-01-01T00:00:00Z"}).status_code == 404
    assert book.agent.get(CALENDAR, params={"version": 2}).status_code == 404  # that is the policy


def test_calendars_are_listed_with_those_that_count_on_them(book: Desk) -> None:
    items = {one["calendar"]: one for one in book.agent.get("/sla/calendars").json()["items"]}
    assert set(items) == {"24x7", "office-hours", "seoul"}
    assert items["seoul"]["policies"] == ["gold"]
    assert items["24x7"]["policies"] == ["default", "gold"]


def test_policies_are_listed_in_the_order_in_which_they_are_tried(book: Desk) -> None:
    sets(book.admin, "/sla/policies/first", GOLD, rank=1)
    sets(book.admin, "/sla/policies/coming", GOLD, effective_at=later(1))
    book.admin.post("/sla/policies/default/retire_policy")
    told = book.agent.get("/sla/policies").json()
    assert [one["policy"] for one in told["items"]] == ["first", "gold"]
    assert [(one["policy"], one["retired"], one["coming"]) for one in told["not_in_force"]] == [
        ("coming", False, [4]),
        ("default", True, []),
    ]


def test_an_edit_that_somebody_has_not_seen_is_not_overwritten(book: Desk) -> None:
    seen = book.agent.get(CALENDAR).headers["ETag"]
    sets(book.admin, CALENDAR, SEOUL, zone="Asia/Tokyo")
    refused = book.admin.post(f"{CALENDAR}/set_calendar", SEOUL, match=seen)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ticket-changed")
    silver = book.admin.post("/sla/policies/silver/set_policy", GOLD, match=seen)
    assert silver.status_code == 200, silver.text  # an edit of another thing
    blind = book.admin.post(f"{CALENDAR}/set_calendar", SEOUL, match=None)
    assert blind.status_code == 428


def test_an_earlier_version_comes_back(book: Desk) -> None:
    sets(book.admin, POLICY, GOLD, rank=99)
    restored = book.admin.post(f"{POLICY}/restore_policy", {"version": 2})
    assert restored.status_code == 200, restored.text
    shown = book.agent.get(POLICY).json()
    assert (shown["definition"]["rank"], len(shown["versions"])) == (10, 3)
    assert book.admin.post(f"{POLICY}/restore_policy", {"version": 1}).status_code == 404


def test_judging_the_past_anew_is_said_with_its_reason(book: Desk) -> None:
    since = "2026-01-01T00:00:00Z"
    asked = book.admin.post("/desk/rejudge_history", {"since": since, "reason": "It was wrong."})
    assert asked.json()["changed"], asked.text
    (told,) = book.agent.get(POLICY).json()["rejudged"]
    assert (told["since"], told["reason"]) == (since, "It was wrong.")


def test_an_edit_that_nobody_has_seen_is_not_taken_into_the_past(book: Desk) -> None:
    seen = book.agent.get("/sla/policies").headers["ETag"]
    sets(book.admin, CALENDAR, SEOUL, zone="Asia/Tokyo")
    body = {"since": "2026-01-01T00:00:00Z", "reason": "It was wrong."}
    refused = book.admin.post("/desk/rejudge_history", body, match=seen)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ticket-changed")


def test_every_problem_is_told_with_its_field(desk: Desk) -> None:
    body = {
        **GOLD,
        "rank": -1,
        "condition": {"attribute": "mood", "op": "is", "values": ["bad"]},
        "promises": [
            {"clock": "resolution", "targets": {"low": {"seconds": 0, "calendar": "24x7"}}},
            {"clock": "update", "targets": {"low": {"seconds": 1, "calendar": "nowhere"}}},
        ],
    }
    refused = desk.admin.post(f"{POLICY}/set_policy", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [
        "condition.attribute",
        "rank",
        "promises[0].targets.low.seconds",
        "promises[1].targets.low.calendar",
    ]
    assert desk.admin.get(POLICY).status_code == 404  # nothing is half saved


@pytest.mark.parametrize(
    ("path", "changes", "field"),
    [
        (CALENDAR, {"weekly": {}, "openings": []}, "weekly"),
        (CALENDAR, {"weekly": {"monday": ["09:00-18:00", "17:00-19:00"]}}, "weekly.monday"),
        (CALENDAR, {"zone": "Mars/Olympus"}, "zone"),
        (CALENDAR, {"effective_at": "2020-01-01T00:00:00Z"}, "effective_at"),
        (CALENDAR, {"holidays": [{"day": "2027-02-30", "name": "x"}]}, "holidays[0].day"),
        (CALENDAR, {"holidays": [{"day": 7, "name": "x"}]}, "holidays[0].day"),
        (CALENDAR, {"holidays": [{"day": "2027-02-03T00:00:00Z", "name": "x"}]}, "holidays[0].day"),
        (POLICY, {"condition": {"every": []}}, "condition"),
        (
            POLICY,
            {"condition": {"attribute": "field:x", "op": "is", "values": [2**70]}},
            "condition",
        ),
        (POLICY, {"condition": {"attribute": "field:" + "x" * 100, "op": "is_set"}}, "condition"),
        (POLICY, {"promises": []}, "promises"),
    ],
)
def test_bad_input_is_refused_and_the_field_is_named(
    shared_desk: Desk, path: str, changes: dict[str, Any], field: str
) -> None:
    command = "set_calendar" if path == CALENDAR else "set_policy"
    whole = SEOUL if path == CALENDAR else GOLD
    refused = shared_desk.admin.post(f"{path}/{command}", {**whole, **changes})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field


def test_a_condition_is_tried_before_it_is_used(desk: Desk) -> None:
    for priority in ("high", "low", "high"):
        last = desk.agent.opens(priority=priority)
    seen = {"X-Chronodesk-Position": last["position"]}
    condition = {"attribute": "priority", "op": "is", "values": ["high"]}
    analyst = desk.as_(Role.ANALYST)
    asked = {"condition": condition, "limit": 1}
    told = analyst.post("/sla/policies/preview", asked, match=None, headers=seen).json()
    assert (told["matched"], told["looked_at"], told["in_words"]) == (2, 3, "priority is high")
    assert [(one["number"], one["priority"]) for one in told["tickets"]] == [(3, "high")]
    condition["values"] = ["highest"]
    refused = analyst.post("/sla/policies/preview", asked, match=None)
    assert refused.json()["errors"][0]["field"] == "condition.values[0]"


def test_a_calendar_reckons(book: Desk) -> None:
    friday = "2027-01-08T17:00:00+09:00"
    asked = {"from": friday, "until": "2027-01-11T10:00:00+09:00", "seconds": 7 * 3600 + 1}
    told = book.agent.get(f"{CALENDAR}/time", params=asked).json()
    assert told["is_open"] is True
    assert told["next_opening"] == "2027-01-08T08:00:00Z"
    assert told["next_closing"] == "2027-01-08T15:00:00Z"
    assert told["elapsed"] == 8 * 3600
    assert told["due"] == "2027-01-11T00:00:01Z"
    always = book.agent.get("/sla/calendars/24x7/time").json()
    assert (always["is_open"], always["next_closing"], always["version"]) == (True, None, 0)
    assert always["due"] is None


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"from": "1000-01-01T00:00:00Z"}, 422),
        ({"until": "9999-12-31T23:59:59Z"}, 422),
        ({"seconds": -1}, 422),
        ({"seconds": "nan"}, 422),
        ({"version": 99}, 404),
        ({"from": "2200-12-31T00:00:00Z", "seconds": 3 * 10**8}, 200),
    ],
)
def test_a_calendar_does_not_reckon_with_everything(
    shared_desk: Desk, params: dict[str, Any], status: int
) -> None:
    answer = shared_desk.agent.get("/sla/calendars/office-hours/time", params=params)
    assert answer.status_code == status, answer.text


def test_public_holidays_go_into_a_calendar(desk: Desk) -> None:
    asked = {"country": "KR", "first_year": 2027, "last_year": 2028, "language": "en_US"}
    found = desk.agent.get("/sla/public-holidays", params=asked).json()["holidays"]
    assert {"day": "2027-08-16", "name": "Alternative holiday for Liberation Day"} in found
    assert sets(desk.admin, CALENDAR, SEOUL, holidays=found)["changed"]
    assert "BY" in desk.agent.get("/sla/public-holidays").json()["countries"]["DE"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "KR", "region": "11"}, "region"),
        ({"country": "KR", "first_year": 3000}, "years"),
        ({"country": "KR", "first_year": 2030, "last_year": 2020}, "years"),
    ],
)
def test_holidays_that_are_not_known(shared_desk: Desk, params: dict[str, Any], field: str) -> None:
    refused = shared_desk.agent.get("/sla/public-holidays", params=params)
    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["in"], refused.json()["errors"][0]["field"]) == (
        "query",
        field,
    )


def test_an_icalendar_becomes_days(shared_desk: Desk) -> None:
    entries = (
        "BEGIN:VEVENT\r\nSUMMARY:Founding day\r\nDTSTART;VALUE=DATE:20200601\r\n"
        "RRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20270601T180000Z\r\nEND:VEVENT\r\n"
    )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{entries}END:VCALENDAR\r\n"
    years = {"first_year": 2027, "last_year": 2028}
    path = "/sla/holidays/icalendar"
    kind = {"Content-Type": "text/calendar"}
    answer = shared_desk.agent.request("POST", path, content=text, params=years, headers=kind)
    assert answer.json() == {
        "holidays": [
            {"day": "2027-06-01", "name": "Founding day"},
            {"day": "2028-06-01", "name": "Founding day"},
        ],
        "left_out": ["Party"],
    }
    refused = shared_desk.agent.request("POST", path, content=b"{}", headers=kind)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "file"


@pytest.mark.parametrize(
    "path", ["/sla/calendars/none", "/sla/calendars/none/time", "/sla/policies/none"]
)
def test_what_is_not_there_is_not_found(shared_desk: Desk, path: str) -> None:
    answer = shared_desk.agent.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
