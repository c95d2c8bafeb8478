"""The SQL of claims with the question they speak to and the source they stand in."""

_COLUMNS = """
select
  claims.*, questions.title as question_title, questions.measure,
  sources.publisher, sources.url, sources.title as source_title, sources.kind as source_kind
from claims
left join questions on questions.id = claims.question
left join sources on sources.id = claims.source
"""
# Answers first, each in the order it was said.
_ORDER = """
order by
  claims.question, claims.relation <> 'answers', claims.relation,
  claims.reported is null, claims.reported, claims.id
"""

CLAIM = f"{_COLUMNS} where claims.id = :id"
CLAIMS_OF_EVENT = f"{_COLUMNS} where questions.event = :id {_ORDER} limit :length"
CLAIMS_OF_QUESTION = f"{_COLUMNS} where claims.question = :id {_ORDER} limit :length"
CLAIMS_OF_SOURCE = f"{_COLUMNS} where claims.source = :id {_ORDER} limit :length"
_NAMED = "where claims.question in (select value from json_each(:ids))"
CLAIMS_OF_QUESTIONS = f"{_COLUMNS} {_NAMED} {_ORDER}"
