"""Where holidays come from: what is needed of a source of them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.calendar import Holiday


class HolidayList(Protocol):
    """Holidays of an iCalendar by date; `left_out` names the entries that are none."""

    @property
    def holidays(self) -> Sequence[Holiday]: ...

    @property
    def left_out(self) -> Sequence[str]: ...


class HolidaySource(Protocol):
    """Public holidays, and holidays of an iCalendar. Each raises Invalid, which names the field."""

    def countries(self) -> Mapping[str, Sequence[str]]:
        """ISO 3166 codes of the countries that are known, and of their regions."""
        ...

    def public_holidays(
        self,
        country: str,
        first_year: int,
        last_year: int,
        *,
        region: str | None = None,
        language: str = "",
    ) -> Sequence[Holiday]:
        """Those of the years from `first_year` to `last_year`, by date."""
        ...

    def from_icalendar(self, data: bytes, first_year: int, last_year: int) -> HolidayList:
        """The whole-day entries that fall into these years, by date."""
        ...
