"""Days as addresses and programs have them."""

from edtf_dates import EventDate, from_ordinal, spell_year


def spell_day(day: int) -> str | None:
    """Return a day of the years 1 to 9999 as ISO 8601 has it."""
    year, month, day_of_month = from_ordinal(day)
    return f"{spell_year(year)}-{month:02}-{day_of_month:02}" if 0 < year <= 9999 else None


def week_around(date: EventDate) -> str | None:
    """Return in EDTF the days from three before it began until three after, if it is known when."""
    first, last = date.earliest_start, date.latest_start
    if first is None or last is None or last - first >= 7:
        return None
    ends = (spell_day(first - 3), spell_day(last + 3))
    return f"{ends[0]}/{ends[1]}" if None not in ends else None
