"""Histograms that spread an uncertain date over the days it can mean.

`events_began` gives each event a weight of 1 and spreads it evenly over the
days it can have begun, so that the periods of one unit add up to the number of
events. `events_under_way` gives for each period the chance that each event was
under way in it, start and end independent of each other; those sums exceed the
number of events. Both keep dates marked ?, ~ or % in a column of their own.

The method is aoristic analysis: J. H. Ratcliffe, "Aoristic analysis: the
spatial interpretation of unspecific temporal events", International Journal of
Geographical Information Science 14(7), 2000, pages 669 to 679.
"""

from collections.abc import Iterator
from typing import NamedTuple

from edtf_dates import OPEN_END, OPEN_START, from_ordinal, ordinal, spell_year

# A chart of more bars is of no use: a chronology of the Earth gets no months.
MOST_PERIODS = 60_000


class Period(NamedTuple):
    """A calendar year or month: its EDTF, its first and its last day."""

    unit: str
    period: str
    first_day: int
    last_day: int


def periods(first_day: int, last_day: int) -> Iterator[Period]:
    """Yield each year and then each month that has a day between the two.

    A unit of which there would be more than MOST_PERIODS is left out.
    """
    years = range(from_ordinal(first_day)[0], from_ordinal(last_day)[0] + 1)
    if len(years) <= MOST_PERIODS:
        for year in years:
            last = ordinal(year + 1, 1, 1) - 1
            yield Period("year", spell_year(year), ordinal(year, 1, 1), last)
    if len(years) * 12 <= MOST_PERIODS:
        for year in years:
            yield from _months(year)


def _months(year: int) -> Iterator[Period]:
    for month in range(1, 13):
        first = ordinal(year, month, 1)
        last = ordinal(year + month // 12, month % 12 + 1, 1) - 1
        yield Period("month", f"{spell_year(year)}-{month:02}", first, last)


# Dates are weighed once each, times the number of events that have them.
_COUNTED = """
counted as (
  select dates.number as date, dates.marked, count(*) as n
  from events
  join dates on dates.number = events.date_number
  group by dates.number
)
"""

# `beginnings`: the spans on which an event can have begun; of joint spans it
# began with the first.
EVENTS_BEGAN = f"""
with {_COUNTED.strip()},
beginnings as (
  select
    date,
    n,
    marked,
    earliest_start as first,
    latest_start as last,
    sum(latest_start - earliest_start + 1.0) over (partition by date) as days
  from date_spans
  join counted using (date)
  where (joint = 0 or span = 1)
    and earliest_start > {OPEN_START}
    and latest_start < {OPEN_END}
),
parts as (
  select
    periods.unit,
    periods.period,
    periods.first_day,
    (min(last, periods.last_day) - max(first, periods.first_day) + 1) / days * n as weight,
    marked
  from beginnings
  join periods on periods.first_day <= last and periods.last_day >= first
),
unknown as (
  select sum(n) as n from counted where date not in (select date from beginnings)
)
select
  unit,
  period,
  first_day,
  sum(weight * (1 - marked)) as events,
  sum(weight * marked) as events_flagged
from parts
group by unit, period
union all
select units.unit, 'not known', null, unknown.n, 0
from (select distinct unit from periods) as units
join unknown on unknown.n > 0
"""  # noqa: S608  # numbers and names of ours

EVENTS_UNDER_WAY = f"""
with {_COUNTED.strip()},
shares as (
  select
    date_spans.*,
    case joint
      when 1 then 1.0
      else 1.0 / count(*) over (partition by date)
    end as share
  from date_spans
),
chances as (
  select
    periods.unit,
    periods.period,
    periods.first_day,
    date,
    joint,
    share,
    case
      -- One day, and not known which: the part of its days that lies in the period.
      when earliest_start = earliest_end and latest_start = latest_end then
        (min(latest_start, periods.last_day) - max(earliest_start, periods.first_day) + 1.0)
        / (latest_start - earliest_start + 1.0)
      else
        case
          when earliest_start = {OPEN_START} then 1.0
          else (min(latest_start, periods.last_day) - earliest_start + 1.0)
            / (latest_start - earliest_start + 1.0)
        end
        * case
          when latest_end = {OPEN_END} then 1.0
          else (latest_end - max(earliest_end, periods.first_day) + 1.0)
            / (latest_end - earliest_end + 1.0)
        end
    end as chance
  from shares
  join periods on periods.first_day <= latest_end and periods.last_day >= earliest_start
),
by_date as (
  select
    unit,
    period,
    first_day,
    date,
    case max(joint) when 1 then max(chance) else sum(chance * share) end as chance
  from chances
  group by unit, period, date
)
select
  unit,
  period,
  first_day,
  sum(chance * n * (1 - marked)) as events,
  sum(chance * n * marked) as events_flagged
from by_date
join counted using (date)
group by unit, period
"""  # noqa: S608  # numbers and names of ours
