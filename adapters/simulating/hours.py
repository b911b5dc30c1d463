"""When people are at work or awake, by the wall clock of where they are."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from domain.record import record

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))


@record
class Hours:
    """Open from `begin` to `end` (hours of the local day) on `days` (0 is Monday)."""

    zone: ZoneInfo
    days: frozenset[int]
    begin: float
    end: float

    def contain(self, instant: datetime) -> bool:
        """Whether it is open at `instant`."""
        local = instant.astimezone(self.zone)
        hour = local.hour + local.minute / 60
        return local.weekday() in self.days and self.begin <= hour < self.end

    def next(self, instant: datetime, rng: Random) -> datetime:
        """`instant` itself, or some minutes after the next opening; in UTC."""
        if self.contain(instant):
            return instant
        local = instant.astimezone(self.zone)
        day = local.date()
        if local.hour + local.minute / 60 >= self.end:
            day += timedelta(days=1)
        while day.weekday() not in self.days:
            day += timedelta(days=1)
        opening = datetime.combine(day, time(), self.zone) + timedelta(hours=self.begin)
        late = timedelta(seconds=rng.expovariate(1 / 1_500))
        return max(instant, opening.astimezone(instant.tzinfo) + min(late, timedelta(hours=3)))


KOREAN_DAY = Hours(zone=SEOUL, days=WORKDAYS, begin=8.75, end=18.25)
KOREAN_LATE = Hours(zone=SEOUL, days=WORKDAYS, begin=13, end=22)
KOREAN_WEEKEND = Hours(zone=SEOUL, days=frozenset({2, 3, 4, 5, 6}), begin=9, end=18)
EUROPEAN_DAY = Hours(zone=BERLIN, days=WORKDAYS, begin=8.5, end=17.5)

KOREAN_AWAKE = Hours(zone=SEOUL, days=EVERY_DAY, begin=7.5, end=23)
EUROPEAN_AWAKE = Hours(zone=BERLIN, days=EVERY_DAY, begin=7.5, end=22.5)
