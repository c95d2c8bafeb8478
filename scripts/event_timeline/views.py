"""Named views of events.db: SQL that more than one reader uses.

The rules of the figures (least, most, or more; what is counted once) are in
docs/schema.md.
"""

from types import MappingProxyType

# An event with a figure of killed, unless an event that it is part of has one
# of the same scope already.
_COUNTED_EVENTS = """
with recursive above(id, whole) as (
  select id, part_of from events where part_of is not null
  union
  select above.id, events.part_of
  from above join events on events.id = above.whole
  where events.part_of is not null
),
figures as (
  select
    id, date, date_words, year, country, title, killed_scope as scope,
    coalesce(killed_low, killed_best, 0) as least,
    killed_best as best,
    coalesce(killed_high, killed_best, killed_low, 0) as most,
    (killed_best is null and killed_high is null) or exists (
      -- "at least 17" beside a killed_high of 17
      select 1
      from questions join claims on claims.question = questions.id
      where questions.event = events.id
        and questions.measure = 'killed'
        and questions.scope = events.killed_scope
        and claims.relation = 'answers'
        and claims.standing in ('supported', 'disputed')
        and claims.low >= coalesce(events.killed_high, events.killed_best)
        and claims.best is null
        and claims.high is null
    ) as or_more
  from events
  where coalesce(killed_low, killed_best, killed_high) is not null
)
select figures.*
from figures
where not exists (
  select 1
  from above join figures as wholes on wholes.id = above.whole
  where above.id = figures.id and wholes.scope = figures.scope
)
"""

_KILLED_PER_YEAR = """
select
  counted_events.year,
  scope,
  sum(least) as least,
  case when count(best) = count(*) then sum(best) end as best,
  sum(most) as most,
  max(or_more) as or_more,
  count(*) as events_counted,
  (
    select count(*) from events
    where events.year = counted_events.year
      and coalesce(killed_low, killed_best, killed_high) is null
  ) as events_without_figure
from counted_events
group by counted_events.year, scope
order by counted_events.year, scope
"""

_EVENT_ORIGINS = """
select
  events.id as event,
  events.title,
  count(*) as sources,
  count(distinct coalesce(sources.origin, sources.publisher)) as origins,
  group_concat(distinct coalesce(sources.origin, sources.publisher)) as origin_names
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

_ANSWERS = """
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
  count(distinct coalesce(claims.value, printf('%s/%s/%s', low, best, high))) as different,
  min(coalesce(low, best, high)) as lowest,
  max(coalesce(high, best, low)) as highest,
  group_concat(distinct claims.reported_by) as reported_by
from questions
join claims on claims.question = questions.id and claims.relation = 'answers'
where questions.measure not in ('motive', 'statement')
group by questions.id
having different > 1
"""

VIEWS = MappingProxyType(
    {
        "counted_events": _COUNTED_EVENTS.strip(),
        "killed_per_year": _KILLED_PER_YEAR.strip(),
        "event_origins": _EVENT_ORIGINS.strip(),
        "source_uses": _SOURCE_USES.strip(),
        "answers": _ANSWERS.strip(),
        "disagreements": _DISAGREEMENTS.strip(),
    }
)
