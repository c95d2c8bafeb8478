"""The views of events.db: SQL with a name, for pages, exports and readers.

docs/schema.md has the rules of the figures: least, most, "or more", and what is counted once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_timeline.curated.columns import COMPATIBLE_MEASURES
from event_timeline.database import aoristic

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A view: its name, description, columns in order with their descriptions, and SQL."""

    name: str
    text: str
    columns: dict[str, str]
    sql: str


def _quoted(words: frozenset[str]) -> str:
    """Return words as SQL literals, because a view cannot have bound parameters."""
    return ", ".join(f"'{word}'" for word in sorted(words))


_EVENT_WHOLES = """
with recursive above(event, whole) as (
  select id, part_of from events where part_of is not null
  union
  select above.event, events.part_of
  from above join events on events.id = above.whole
  where events.part_of is not null
)
select event, whole from above
"""

# Events with a figure of killed, without those that are part of an event with a figure of the
# same scope, which includes them.
_COUNTED_EVENTS = """
with figures as (
  select
    id, date, date_words, year, country, title, killed_scope as scope,
    coalesce(killed_low, killed_best) as least,
    killed_best as best,
    coalesce(killed_high, killed_best, killed_low) as most,
    killed_open as or_more
  from events
  where coalesce(killed_low, killed_best, killed_high) is not null
)
select figures.*
from figures
where not exists (
  select 1
  from event_wholes join figures as wholes on wholes.id = event_wholes.whole
  where event_wholes.event = figures.id and wholes.scope = figures.scope
)
"""

# A year without figures of a scope has a row with blank sums, because blank is not zero. An
# event that is part of a counted one is not among those without a figure.
_KILLED_PER_YEAR = """
with years as (
  select
    year,
    min(earliest_start) as first_day,
    sum(
      coalesce(killed_low, killed_best, killed_high) is null
      and not exists (
        select 1
        from event_wholes join counted_events on counted_events.id = event_wholes.whole
        where event_wholes.event = events.id
      )
    ) as without_figure
  from events
  group by year
),
scopes as (select distinct scope from counted_events)
select
  years.year,
  scopes.scope,
  case when count(id) then sum(coalesce(least, 0)) end as least,
  case when count(best) = count(id) then sum(best) end as best,
  sum(most) as most,
  max(or_more) as or_more,
  count(id) as events_counted,
  without_figure as events_without_figure
from years
cross join scopes
left join counted_events
  on counted_events.year = years.year and counted_events.scope = scopes.scope
group by years.year, scopes.scope
order by years.year = 'not certain', years.first_day, scopes.scope
"""

_EVENT_ORIGINS = """
select
  events.id as event,
  events.title,
  count(*) as sources,
  count(distinct coalesce(sources.origin, sources.publisher)) as origins,
  (
    select group_concat(origin, '; ')
    from (
      select distinct coalesce(sources.origin, sources.publisher) as origin
      from event_sources join sources on sources.id = event_sources.source
      where event_sources.event = events.id
      order by origin
    )
  ) as origin_names
from events
join event_sources on event_sources.event = events.id
join sources on sources.id = event_sources.source
group by events.id
"""

_SOURCE_USES = """
select
  sources.id as source,
  sources.publisher,
  sources.title,
  sources.kind,
  (select count(*) from event_sources where source = sources.id) as events,
  (select count(*) from claims where source = sources.id) as claims
from sources
"""

_CLAIMS_IN_FULL = """
select
  claims.id as claim,
  claims.question,
  questions.title,
  questions.event,
  questions.measure,
  questions.scope,
  questions.unit,
  claims.relation,
  claims.said,
  claims.low,
  claims.best,
  claims.high,
  claims.value,
  claims.reported,
  claims.reported_words,
  claims.reported_by,
  claims.source,
  sources.publisher,
  coalesce(sources.origin, sources.publisher) as origin,
  claims.standing
from claims
join questions on questions.id = claims.question
join sources on sources.id = claims.source
"""

_DISAGREEMENTS = """
select
  questions.id as question,
  questions.title,
  questions.event,
  questions.measure,
  count(*) as answers,
  count(
    distinct coalesce(
      claims.value,
      -- 22 is the same answer as 22 to 22.
      printf('%s to %s', coalesce(low, best, '?'), coalesce(high, best, '?'))
    )
  ) as different,
  min(coalesce(low, best, high)) as lowest,
  max(coalesce(high, best, low)) as highest,
  (
    select group_concat(reported_by, '; ')
    from (
      select distinct reported_by from claims
      where claims.question = questions.id
        and claims.relation = 'answers'
        and claims.standing is not 'superseded'
      order by reported_by
    )
  ) as reported_by
from questions
join claims
  on claims.question = questions.id
  and claims.relation = 'answers'
  -- An earlier count of the same side is no disagreement.
  and claims.standing is not 'superseded'
where questions.measure not in ({compatible})
group by questions.id
having different > 1
"""

_EVENT = "Id of the event."
_QUESTION = "Id of the question."

VIEWS = (
    View(
        "event_wholes",
        "Each event with every event whose figures include its own.",
        {"event": _EVENT, "whole": "Id of the event that it is part of."},
        _EVENT_WHOLES.strip(),
    ),
    View(
        "counted_events",
        "Events with a figure of people killed, without those that the figure of another event "
        "includes.",
        {
            "id": _EVENT,
            "date": "When it happened, in EDTF.",
            "date_words": "The date in words.",
            "year": "The year in which it certainly began, or: not certain.",
            "country": "ISO 3166-1 code, or: unknown.",
            "title": "What happened, in one line.",
            "scope": "Whom the figures count.",
            "least": "The low figure, else the best; blank: no lower bound.",
            "best": "The best figure; blank: there is none.",
            "most": "The high figure, else the best, else the low.",
            "or_more": "1 if an answer that counts has no upper bound.",
        },
        _COUNTED_EVENTS.strip(),
    ),
    View(
        "killed_per_year",
        "People killed per year and scope, at least and at most, and what is not counted.",
        {
            "year": "The year in which the events certainly began, or: not certain.",
            "scope": "Whom the figures count; scopes are never added up.",
            "least": "Sum of the low figures; blank: no event of the year has one.",
            "best": "Sum of the best figures; blank: not every counted event has one.",
            "most": "Sum of the high figures.",
            "or_more": "1 if the figure of a counted event has no upper bound.",
            "events_counted": "How many events are in the sums.",
            "events_without_figure": "How many events of the year have no figure of any scope.",
        },
        _KILLED_PER_YEAR.strip(),
    ),
    View(
        "event_origins",
        "How many independent origins the sources of each event have.",
        {
            "event": _EVENT,
            "title": "What happened, in one line.",
            "sources": "How many sources it has.",
            "origins": "How many agencies or works those sources go back to.",
            "origin_names": "Which.",
        },
        _EVENT_ORIGINS.strip(),
    ),
    View(
        "source_uses",
        "How many events and claims each source has.",
        {
            "source": "Id of the source.",
            "publisher": "The outlet or body whose page or paper it is.",
            "title": "Its title; blank: not known.",
            "kind": "What sort of source it is.",
            "events": "How many events cite it.",
            "claims": "How many claims are from it.",
        },
        _SOURCE_USES.strip(),
    ),
    View(
        "claims_in_full",
        "Every claim with its question and its source.",
        {
            "claim": "Id of the claim.",
            "question": _QUESTION,
            "title": "The question in words.",
            "event": "The event it is about; blank: more than one.",
            "measure": "What is asked for.",
            "scope": "Who is counted, when people killed or wounded are.",
            "unit": "Unit of the numbers.",
            "relation": "How the claim relates to the question.",
            "said": "What was said, in our words.",
            "low": "Lower bound; blank: none was stated.",
            "best": "The number given.",
            "high": "Upper bound; blank: none was stated.",
            "value": "The answer, when it is not a number.",
            "reported": "When it was said, in EDTF.",
            "reported_words": "The same in words.",
            "reported_by": "Who says it.",
            "source": "Id of the source that it is from.",
            "publisher": "The outlet or body of that source.",
            "origin": "The agency or work whose text the source repeats, else its publisher.",
            "standing": "How it compares with the other answers.",
        },
        _CLAIMS_IN_FULL.strip(),
    ),
    View(
        "disagreements",
        "Questions that sources answer differently; motives and opinions, which can all be true, "
        "are left out.",
        {
            "question": _QUESTION,
            "title": "The question in words.",
            "event": "The event it is about; blank: more than one.",
            "measure": "What is asked for.",
            "answers": "How many claims answer it.",
            "different": "How many different answers they give.",
            "lowest": "The lowest number that any of them names.",
            "highest": "The highest number that any of them names.",
            "reported_by": "Who answers.",
        },
        _DISAGREEMENTS.strip().format(compatible=_quoted(COMPATIBLE_MEASURES)),
    ),
    View(
        "events_began",
        "Events by the year or month in which they began: each counts 1, spread evenly over the "
        "days it can have begun, so that the periods of one unit add up to all the events.",
        {
            "unit": "year or month.",
            "period": "The year or month in EDTF, or: not known.",
            "first_day": "Its first day; blank: not known.",
            "events": "How many events began in it, without dates marked uncertain or approximate.",
            "events_flagged": "How many events with such a marked date began in it.",
        },
        aoristic.EVENTS_BEGAN.strip(),
    ),
    View(
        "events_under_way",
        "The chance of each event to have been under way in a year or month, added up; an event "
        "that lasts counts in each, so that the sums exceed the number of events.",
        {
            "unit": "year or month.",
            "period": "The year or month in EDTF.",
            "first_day": "Its first day.",
            "events": "Sum of the chances, without dates marked uncertain or approximate.",
            "events_flagged": "Sum of the chances of events with such a marked date.",
        },
        aoristic.EVENTS_UNDER_WAY.strip(),
    ),
)


def create_views(db: "Database") -> None:
    """Create every view, once the tables exist."""
    for view in VIEWS:
        db.create_view(view.name, view.sql)
