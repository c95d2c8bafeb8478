"""Declares the curated files, their columns and vocabularies, each once.

The reader, the checks, the schema, the column texts in metadata.yml and the dictionary in the
README all follow from these declarations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

Kind = Literal[
    "actors",  # Name (role); Name (role)
    "country",  # ISO 3166-1 alpha-2
    "date",  # EDTF, ISO 8601-2:2019
    "id",  # a slug
    "integer",  # a count: 0 or more
    "list",  # items separated by "; "
    "number",  # a decimal
    "text",
    "url",
    "word",  # one of a closed vocabulary
]

Vocabulary = Mapping[str, str]


def _vocabulary(**words: str) -> Vocabulary:
    """Return words with their meanings, in order; `_` in a name is a space in the word."""
    return MappingProxyType({word.replace("_", " "): text for word, text in words.items()})


TYPES = _vocabulary(
    attack="violence against people or places by surprise: bombing, shooting, killing, abduction",
    battle="fighting between armed forces: offensive, siege, uprising, raid",
    air_strike="bombing from the air, one strike or a campaign",
    control="a place changes hands, or is declared to have changed hands",
    group="an armed group is founded, pledges, splits, dissolves or loses its leader",
    government="a measure of a state or an agreement between governments",
    statement="somebody publishes something: a claim, a victory, an estimate, a report",
    other="none of these",
)

STATUSES = _vocabulary(
    confirmed="that it happened is not in doubt, and sources do not differ on who did it",
    disputed="sources differ on whether it happened or who did it",
    unverified="rests on one source, or on sources that could not be compared",
)

LOCATION_PRECISIONS = _vocabulary(
    site="the building, camp or crossroads itself",
    town="a town or a city; the point is its centre",
    district="a district or the surroundings of a town",
    region="a province, governorate or stretch of coast",
    country="a whole country: no point is drawn",
    none="no place: an act online, or a place that no source names",
)

# Kilometres around the point within which an event of that precision lies.
RADIUS_KM = MappingProxyType({"site": 0.5, "town": 5.0, "district": 25.0, "region": 100.0})

SCOPES = _vocabulary(
    victims="people killed or hurt by an attack, its perpetrators not counted",
    civilians="civilians only",
    forces="members of a state's forces or of forces allied with it",
    militants="members of a non-state armed group",
    combatants="fighters of any side, not told apart",
    everyone="all the dead or hurt, perpetrators and fighters too",
)

ROLES = _vocabulary(
    perpetrator="carried it out: convicted of it, or claimed it in person",
    claimed="claimed responsibility",
    accused="named, charged or sought by an authority, not convicted",
    attributed="held responsible by a source, without a claim or a verdict",
    initiator="began it, founded it or took the measure",
    author="issued the statement, report or estimate",
    ally="supported the side that acted",
    opponent="fought or resisted the side that acted",
    target="was attacked, fought, banned or otherwise aimed at",
    subject="is what the event is about, but took no part in it",
    mediator="brokered an agreement",
)

ACTOR_KINDS = _vocabulary(
    group="an armed or political group",
    state_body="a state, a government, an army, a police force, a court",
    international_body="an organisation of states, or a coalition",
    person="one named person",
    institution="a company, museum, newspaper, university or association",
    people="a community or an unorganised group of people",
)

SOURCE_KINDS = _vocabulary(
    news="a newspaper, broadcaster or news site",
    agency="a news agency's text, at the agency or printed by another outlet",
    report="a study by researchers, a think tank or a non-governmental organisation",
    essay="an argument or analysis signed by its author",
    encyclopaedia="an encyclopaedia, or a copy of one",
    official="a government, an army, a court, the United Nations",
    repost="a copy of somebody else's text on another site",
    book="a book or a scholarly article",
)

MEASURES = _vocabulary(
    killed="people killed; the question's scope says who is counted",
    wounded="people wounded; the question's scope says who is counted",
    attackers="people who took part in the attack",
    strength="members, fighters or supporters of a group",
    missing="people missing",
    evacuated="people who left under an arrangement",
    extent="how much land, coast or property",
    began="the day it began",
    ended="the day it ended",
    date="the day it happened",
    place="where it happened",
    responsibility="who did it",
    cause="what brought it about",
    motive="what it was meant to achieve",
    statement="what somebody says",
)

# What a claim about each measure holds: a count, a date, or words.
COUNTED_MEASURES = frozenset(
    {"killed", "wounded", "attackers", "strength", "missing", "evacuated", "extent"}
)
DATED_MEASURES = frozenset({"began", "ended", "date"})
# All answers to these can be true at once, so that different answers are no disagreement.
COMPATIBLE_MEASURES = frozenset({"motive", "statement"})
SCOPED_MEASURES = frozenset({"killed", "wounded"})

RELATIONS = MappingProxyType(
    {
        "answers": "answers the question as it is put; only these share a scale",
        "wider": "counts a larger area, period or population",
        "narrower": "counts a smaller area, period or population",
        "other-date": "answers it for another day",
        "other-measure": "counts something else that is often set beside it",
    }
)

STANDINGS = _vocabulary(
    supported="other sources agree, or no source contradicts it",
    disputed="other sources give another answer, and neither is shown to be wrong",
    contradicted="the other sources that mention it contradict it",
    superseded="an earlier figure that the same side later replaced",
    unverified="no other source mentions it",
)

# Answers with these standings bound an event's figures.
COUNTING_STANDINGS = frozenset({"supported", "disputed"})

WITHDRAWN_KINDS = _vocabulary(
    event="an event", actor="an actor", source="a source", question="a question", claim="a claim"
)


# The value of a facet column for a blank cell: Datasette does not count NULL.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a curated file, or of a table made from one.

    `refers_to` names the curated file whose ids (for actors: names) it holds.
    """

    name: str
    kind: Kind
    text: str
    required: bool = False
    vocabulary: Vocabulary | None = None
    refers_to: str = ""
    facet: bool = False


@dataclass(frozen=True, eq=False)
class CuratedFile:
    """A CSV file in git: one row one thing, first column the id.

    `path` is relative to the folder that holds events.csv.
    """

    name: str
    path: str
    text: str
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The column names in their order."""
        return tuple(column.name for column in self.columns)


# What the figures of events count.
VERBS = ("killed", "wounded")


def _figures(verb: str) -> tuple[Column, ...]:
    return (
        Column(
            f"{verb}_low", "integer", f"Lowest number of people {verb}, by the sources that count."
        ),
        Column(
            f"{verb}_best",
            "integer",
            f"Best supported number of people {verb}; blank: there is none.",
        ),
        Column(
            f"{verb}_high",
            "integer",
            f"Highest number of people {verb}, by the sources that count.",
        ),
    )


EVENTS = CuratedFile(
    "events",
    "events.csv",
    "What happened, when and where, who took part, and which sources say so.",
    (
        Column("id", "id", "Permanent ID of the event: a date and a few words.", required=True),
        Column("date", "date", "When it happened, in EDTF (ISO 8601-2).", required=True),
        Column("title", "text", "What happened, in one line.", required=True),
        Column("type", "word", "What sort of event it is.", True, vocabulary=TYPES, facet=True),
        Column(
            "status",
            "word",
            "Whether it happened, and who did it, is agreed. Disputed figures do not change it.",
            required=True,
            vocabulary=STATUSES,
            facet=True,
        ),
        Column("country", "country", "ISO 3166-1 code; blank: no single country.", facet=True),
        Column("region", "text", "Province, governorate or district of the first level."),
        Column("place", "text", "Where, as people call it."),
        Column("latitude", "number", "Degrees north, WGS 84."),
        Column("longitude", "number", "Degrees east, WGS 84."),
        Column(
            "location_precision",
            "word",
            "How exactly the place is known.",
            required=True,
            vocabulary=LOCATION_PRECISIONS,
        ),
        Column(
            "radius_km",
            "number",
            "Kilometres around the point within which it happened; "
            "blank: 0.5 for a site, 5 a town, 25 a district, 100 a region.",
        ),
        Column(
            "actors",
            "actors",
            "Who took part, each with a role.",
            vocabulary=ROLES,
            refers_to="actors",
            facet=True,
        ),
        Column("targets", "text", "Unnamed people and things that were aimed at."),
        *_figures("killed"),
        Column(
            "killed_scope",
            "word",
            "Whom the figures of killed and wounded count.",
            vocabulary=SCOPES,
        ),
        *_figures("wounded"),
        Column("part_of", "id", "The event whose figures include these.", refers_to="events"),
        Column("summary", "text", "What is known, in one to four sentences.", required=True),
        Column("note", "text", "What is uncertain or disputed, and why."),
        Column("aliases", "list", "Other names; write ar: or fr: before one in another language."),
        Column("sources", "list", "Ids of its sources.", True, refers_to="sources"),
    ),
)

_DAY = "counted from 1 = 1 January of the year 1 (proleptic Gregorian); blank: open or not known"

# What the database adds to an event: its date, worked out.
DERIVED = (
    Column("date_words", "text", "The date in words."),
    Column("year", "text", "The year in which it certainly began, or: not certain.", facet=True),
    Column("precision", "text", "How exact the date is: day, month, year, interval.", facet=True),
    Column(
        "approximate", "integer", "1 if the date, or a part of it, is marked approximate (~ or %)."
    ),
    Column("uncertain", "integer", "1 if the date, or a part of it, is marked uncertain (? or %)."),
    Column("earliest_start", "integer", f"The first day it can have begun, {_DAY}."),
    Column("latest_start", "integer", f"The last day it can have begun, {_DAY}."),
    Column("earliest_end", "integer", f"The first day it can have ended, {_DAY}."),
    Column("latest_end", "integer", f"The last day it can have ended, {_DAY}."),
    Column("date_number", "integer", "The number of its date in the table of dates.", True),
    Column("killed_open", "integer", "1 if more people may have been killed than any figure says."),
    Column(
        "wounded_open", "integer", "1 if more people may have been wounded than any figure says."
    ),
)

# How much an event matters beside others, as SQL.
EVENT_WEIGHT = "coalesce(killed_best, killed_high, killed_low, 0)"

ACTORS = CuratedFile(
    "actors",
    "data/actors.csv",
    "Who takes part in the events: groups, states, people.",
    (
        Column("id", "id", "Permanent ID of the actor.", required=True),
        Column("name", "text", "The one spelling used throughout.", required=True),
        Column(
            "kind", "word", "What sort of actor it is.", True, vocabulary=ACTOR_KINDS, facet=True
        ),
        Column("part_of", "id", "Id of the actor it belongs to.", refers_to="actors"),
        Column("successor_of", "list", "Ids of the actors it came from.", refers_to="actors"),
        Column("aliases", "list", "Other names; write ar: or fr: before one in another language."),
        Column("note", "text", "What a reader needs to know to tell it from others."),
    ),
)

SOURCES = CuratedFile(
    "sources",
    "data/sources.csv",
    "The sources of events and claims.",
    (
        Column("id", "id", "Permanent ID of the source.", required=True),
        Column(
            "kind", "word", "What sort of source it is.", True, vocabulary=SOURCE_KINDS, facet=True
        ),
        Column("publisher", "text", "The outlet or body whose page or paper it is.", True),
        Column(
            "origin",
            "text",
            "The agency or work whose text this repeats; blank: its own. "
            "Independence is counted by origin.",
        ),
        Column("title", "text", "Its title; blank: not known."),
        Column("author", "text", "Who signed it."),
        Column("published", "date", "When it appeared, in EDTF."),
        Column("url", "url", "Where it is."),
        Column("archived_url", "url", "Where a copy is kept."),
        Column("language", "text", "ISO 639-1 code of its language."),
        Column("note", "text", "What to know before relying on it."),
    ),
)

QUESTIONS = CuratedFile(
    "questions",
    "data/questions.csv",
    "What sources answer differently.",
    (
        Column("id", "id", "Permanent ID of the question.", required=True),
        Column("title", "text", "The question in words.", required=True),
        Column("event", "id", "The event it is about; blank: more than one.", refers_to="events"),
        Column("measure", "word", "What is asked for.", True, vocabulary=MEASURES, facet=True),
        Column(
            "scope",
            "word",
            "Who is counted, when people killed or wounded are.",
            vocabulary=SCOPES,
        ),
        Column("unit", "text", "Unit of the numbers: people, kilometres of coast."),
        Column("note", "text", "Our assessment, and any arithmetic of ours, marked as ours."),
    ),
)

CLAIMS = CuratedFile(
    "claims",
    "data/claims.csv",
    "Who says what: each answer to each question, with its source.",
    (
        Column("id", "id", "Permanent ID of the claim.", required=True),
        Column("question", "id", "The question that it is about.", True, refers_to="questions"),
        Column(
            "relation",
            "word",
            "How it relates to the question.",
            required=True,
            vocabulary=RELATIONS,
            facet=True,
        ),
        Column("said", "text", "What was said, in at most 15 words of ours.", required=True),
        Column("low", "integer", "Lower bound; blank: none was stated."),
        Column("best", "integer", "The number given."),
        Column("high", "integer", "Upper bound; blank: none was stated."),
        Column("value", "text", "The answer, when it is not a number; a date in EDTF."),
        Column("population", "text", "Whom or what it counts."),
        Column("place", "text", "The place that it is about."),
        Column("period", "date", "The time that it is about, in EDTF."),
        Column("reported", "date", "When it was said, in EDTF."),
        Column("reported_by", "text", "Who says it: the person or body, not the newspaper."),
        Column("source", "id", "The source that it is from.", True, refers_to="sources"),
        Column("locator", "text", "Where in the source: page, paragraph, section."),
        Column(
            "standing",
            "word",
            "How it compares with the other answers; blank: not assessed.",
            vocabulary=STANDINGS,
            facet=True,
        ),
        Column("note", "text", "What to know before using it."),
    ),
)

WITHDRAWN = CuratedFile(
    "withdrawn",
    "data/withdrawn.csv",
    "What was published and then withdrawn, and why.",
    (
        Column("id", "id", "The ID it had, which is never used again.", required=True),
        Column("kind", "word", "What it was.", True, vocabulary=WITHDRAWN_KINDS),
        Column("title", "text", "What it was called.", required=True),
        Column("when", "date", "When it was withdrawn, in EDTF.", required=True),
        Column("why", "text", "Why, and what replaces it.", required=True),
    ),
)

FILES: tuple[CuratedFile, ...] = (EVENTS, ACTORS, SOURCES, QUESTIONS, CLAIMS, WITHDRAWN)


EVENT_COLUMNS: tuple[Column, ...] = (
    *EVENTS.columns[:2],
    DERIVED[0],
    *EVENTS.columns[2:],
    *DERIVED[1:],
)


def table_columns(file: CuratedFile) -> tuple[Column, ...]:
    """Return the columns of a curated file's table: each date is followed by its words."""
    if file is EVENTS:
        return EVENT_COLUMNS
    columns: list[Column] = []
    for column in file.columns:
        columns.append(column)
        if column.kind == "date":
            columns.append(
                Column(f"{column.name}_words", "text", f"The date {column.name} in words.")
            )
    return tuple(columns)


# The columns that search covers, by table. A table `<name>_search` has their folded text, row
# for row, because the text that is indexed is not the one that is shown.
SEARCHED: dict[str, tuple[str, ...]] = {
    "events": ("title", "summary", "note", "place", "region", "aliases", "actors"),
    "actors": ("name", "aliases", "note"),
    "sources": ("publisher", "origin", "title", "author", "note"),
    "claims": ("said", "value", "population", "place", "reported_by", "note"),
}
