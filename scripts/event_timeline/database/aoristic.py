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

from edtf_dates import from_ordinal, ordinal, spell_year

# More bars than this say nothing: a chronology of the Earth gets no months.
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


# Days beyond 10^14 stand for open and unknown ends (see database.SPAN_COLUMNS).

# `beginnings`: the spans on which an event can have begun; of joint spans it
# began with the first.
EVENTS_BEGAN = """
with beginnings as (
  select
    event_spans.event,
    event_spans.earliest_start as first,
    event_spans.latest_start as last,
    events.approximate or events.uncertain as flagged,
    sum(event_spans.latest_start - event_spans.earliest_start + 1.0)
      over (partition by event_spans.event) as days
  from event_spans
  join events on events.id = event_spans.event
  where possible
    and (event_spans.joint = 0 or event_spans.span = 1)
    and event_spans.earliest_start > -100000000000000
    and event_spans.latest_start < 100000000000000
),
parts as (
  select
    periods.unit,
    periods.period,
    periods.first_day,
    (min(last, periods.last_day) - max(first, periods.first_day) + 1) / days as weight,
    flagged
  from beginnings
  join periods on periods.first_day <= last and periods.last_day >= first
)
select
  unit,
  period,
  first_day,
  sum(weight * (1 - flagged)) as events,
  sum(weight * flagged) as events_flagged
from parts
group by unit, period
union all
select
  unit,
  'not known',
  null,
  count(*) - (select count(distinct event) from beginnings),
  0
from (select distinct unit from periods), events
group by unit
having count(*) > (select count(distinct event) from beginnings)
"""

EVENTS_UNDER_WAY = """
with shares as (
  select
    event_spans.*,
    events.approximate or events.uncertain as flagged,
    case joint
      when 1 then 1.0
      else 1.0 / count(*) over (partition by event_spans.event)
    end as share
  from event_spans
  join events on events.id = event_spans.event
  where possible
)
select
  unit,
  period,
  first_day,
  sum(chance * (1 - flagged)) as events,
  sum(chance * flagged) as events_flagged
from (
  select
    periods.unit,
    periods.period,
    periods.first_day,
    event,
    flagged,
    case max(joint) when 1 then max(chance) else sum(chance * share) end as chance
  from (
    select
      shares.*,
      periods.unit,
      periods.period,
      periods.first_day,
      case
        -- One day, and not known which: the part of its days that lies in the period.
        when earliest_start = earliest_end and latest_start = latest_end then
          (min(latest_start, periods.last_day) - max(earliest_start, periods.first_day) + 1.0)
          / (latest_start - earliest_start + 1.0)
        else
          case
            when earliest_start < -100000000000000 then 1.0
            else (min(latest_start, periods.last_day) - earliest_start + 1.0)
              / (latest_start - earliest_start + 1.0)
          end
          * case
            when latest_end > 100000000000000 then 1.0
            else (latest_end - max(earliest_end, periods.first_day) + 1.0)
              / (latest_end - earliest_end + 1.0)
          end
      end as chance
    from shares
    join periods on periods.first_day <= latest_end and periods.last_day >= earliest_start
  ) as periods
  group by periods.unit, periods.period, event
)
group by unit, period
"""
