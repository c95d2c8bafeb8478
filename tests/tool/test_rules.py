"""The rules of a row: each with a row that breaks it and the line that says so."""

import pytest

from event_timeline.checks import rules


@pytest.fixture
def event(chronology):
    """Checks one event, given by some of its cells, and returns what is said of it."""

    def check(header: str, row: str, event_id: str = "2015-03-18-bardo") -> list[str]:
        chronology.write(events=f"id,{header}\n{event_id},{row}\n")
        prefix = f"events.csv:2: {event_id}: "
        return [line.removeprefix(prefix) for line in chronology.check()]

    return check


# Ids and dates


def test_a_sound_event_has_no_problem(event):
    assert event("date", "2015-03-18") == []


@pytest.mark.parametrize(
    "date", ["2015-03", "2015", "2015-03-10/2015-03-20", "2015-03~", "2014/.."]
)
def test_an_id_may_be_more_exact_than_the_date(event, date):
    assert event("date", date) == []


def test_an_id_whose_date_lies_outside_is_a_warning_and_stays(event):
    assert event("date", "2015-03-19") == [
        'warning: the id names 2015-03-18, which is no day of "2015-03-19": check the date; '
        "an id that was published stays as it is"
    ]


@pytest.mark.parametrize(
    ("event_id", "problem"),
    [
        ("bardo", '"bardo" is not an event\'s id: write its date and a few words, such as 2015-03-18-bardo-museum-attack'),
        ("2015-13-18-bardo", "the id begins with 2015-13-18, which is no date: begin with one"),
        ("20150318-bardo", "the id begins with 20150318, which is no date: begin with one"),
    ],
)  # fmt: skip
def test_an_event_id_begins_with_a_date(event, event_id, problem):
    assert event("date", "2015-03-18", event_id) == [problem]


# Places


@pytest.mark.parametrize(
    ("latitude", "longitude", "precision", "radius", "problems"),
    [
        ("36.8", "10.1", "site", "", []),
        ("36.8", "10.1", "town", "2.5", []),
        ("", "", "town", "", []),
        ("36.8", "", "site", "", ["latitude and longitude go together: fill both or neither"]),
        ("", "10.1", "site", "", ["latitude and longitude go together: fill both or neither"]),
        ("110.1", "36.8", "site", "", ["latitude 110.1 is not between -90 and 90: were the two swapped?"]),
        ("36.8", "-181", "site", "", ["longitude -181.0 is not between -180 and 180: correct it"]),
        ("0", "0", "site", "", ["0, 0 is a point in the Gulf of Guinea: leave both blank if unknown"]),
        ("36.8", "10.1", "none", "", ["location_precision none has no point: leave latitude and longitude blank, or say how exactly the point is known"]),
        ("36.8", "10.1", "site", "0", ["radius_km goes with a point and is above 0: fill the point or leave blank"]),
        ("", "", "site", "5", ["radius_km goes with a point and is above 0: fill the point or leave blank"]),
        ("", "", "country", "", ["location_precision country needs a country: fill it, or write none"]),
    ],
)  # fmt: skip
def test_a_place(event, latitude, longitude, precision, radius, problems):
    header = "date,latitude,longitude,location_precision,radius_km"
    assert event(header, f"2015-03-18,{latitude},{longitude},{precision},{radius}") == problems


# Figures


@pytest.mark.parametrize(
    ("low", "best", "high", "scope", "problems"),
    [
        ("21", "22", "22", "victims", []),
        ("0", "0", "0", "victims", []),
        ("17", "", "", "victims", []),
        ("", "", "", "", []),
        ("30", "22", "", "victims", ["killed_low 30 is above killed_best 22: correct one of them"]),
        ("", "22", "21", "victims", ["killed_best 22 is above killed_high 21: correct one of them"]),
        ("30", "", "21", "victims", ["killed_low 30 is above killed_high 21: correct one of them"]),
        ("3", "2", "1", "victims", ["killed_low 3 is above killed_best 2: correct one of them", "killed_best 2 is above killed_high 1: correct one of them"]),
        ("21", "", "", "", ["killed_scope is blank: say whom the figures count"]),
        ("", "", "", "victims", ["warning: killed_scope is filled but no figure is: leave it blank"]),
    ],
)  # fmt: skip
def test_figures_go_up(event, low, best, high, scope, problems):
    header = "date,killed_low,killed_best,killed_high,killed_scope"
    assert event(header, f"2015-03-18,{low},{best},{high},{scope}") == problems


def test_wounded_are_figures_too(event):
    assert event("date,wounded_low,wounded_high", "2015-03-18,50,42") == [
        "wounded_low 50 is above wounded_high 42: correct one of them",
        "killed_scope is blank: say whom the figures count",
    ]


@pytest.fixture
def figures(chronology):
    """Checks an event's low, best and high killed against claims given as CSV."""

    def check(event: str, claims: str) -> list[str]:
        chronology.write(
            events="id,date,killed_low,killed_best,killed_high,killed_scope\n"
            f"2015-03-18-bardo,2015-03-18,{event}\n",
            questions="id,event,measure,scope,unit\ndead,2015-03-18-bardo,killed,victims,people\n",
            claims="id,question,low,best,high,standing,relation\n"
            + "".join(f"{claim}\n" for claim in claims.split()),
        )
        return chronology.check()

    return check


def against(verb: str, found: str, claim: str, said: str) -> str:
    return (
        f"events.csv:2: 2015-03-18-bardo: {verb} is {found}, but its claim {claim} says {said}: "
        f"write {said}, or reconsider the claim's standing or the question's scope"
    )


@pytest.mark.parametrize(
    ("event", "claims", "problems"),
    [
        # The lowest and the highest of the answers.
        ("21,22,24,victims", "a,dead,,21,,supported,answers b,dead,,24,,disputed,answers", []),
        (
            "20,22,30,victims",
            "a,dead,,21,,supported,answers b,dead,,24,,disputed,answers",
            [against("killed_low", "20", "a", "21"), against("killed_high", "30", "b", "24")],
        ),
        # A blank bound is the best figure.
        (",22,,victims", "a,dead,,22,,supported,answers", []),
        (
            ",22,,victims",
            "a,dead,,21,,supported,answers b,dead,,22,,supported,answers",
            [against("killed_low", "blank", "a", "21")],
        ),
        # A range.
        ("40,,60,victims", "a,dead,40,,60,supported,answers", []),
        # "Fewer than 2,000" says nothing about the low.
        (",,2000,victims", "a,dead,,,2000,disputed,answers", []),
        ("1700,,2000,victims", "a,dead,,,2000,disputed,answers", []),
        (
            "1700,,1900,victims",
            "a,dead,,,2000,disputed,answers",
            [against("killed_high", "1900", "a", "2000")],
        ),
        # "At least 17" puts the low at 17, and the high there or leaves it blank, "or more".
        ("17,,17,victims", "a,dead,17,,,supported,answers", []),
        ("17,,,victims", "a,dead,17,,,supported,answers", []),
        (
            "16,,,victims",
            "a,dead,17,,,supported,answers",
            [against("killed_low", "16", "a", "17"), against("killed_high", "blank", "a", "17")],
        ),
        (
            "17,,,victims",
            "a,dead,17,,,supported,answers b,dead,,17,,supported,answers",
            [against("killed_high", "blank", "b", "17")],
        ),
        ("17,,22,victims", "a,dead,17,,,supported,answers b,dead,,22,,supported,answers", []),
        # What does not count: other standings, other relations, other scopes.
        ("21,,21,victims", "a,dead,,21,,supported,answers b,dead,,99,,superseded,answers", []),
        ("21,,21,victims", "a,dead,,21,,supported,answers b,dead,,99,,,answers", []),
        ("21,,21,victims", "a,dead,,21,,supported,answers b,dead,,99,,supported,wider", []),
        ("3,,3,militants", "a,dead,,21,,supported,answers", []),
    ],
)
def test_figures_are_the_bounds_of_the_answers(figures, event, claims, problems):
    assert figures(event, claims) == problems


# Dates against claims


@pytest.fixture
def dated(chronology):
    """Checks an event's date against answers to one question, given as `value,standing`."""

    def check(date: str, measure: str, *answers: str) -> list[str]:
        rows = "".join(f"{c},when,{a},answers\n" for c, a in zip("abcdefg", answers, strict=False))
        chronology.write(
            events=f'id,date\n2015-03-18-bardo,"{date}"\n',
            questions=f"id,event,measure\nwhen,2015-03-18-bardo,{measure}\n",
            claims=f"id,question,value,standing,relation\n{rows}",
        )
        return [line for line in chronology.check() if "by its date" in line]

    return check


@pytest.mark.parametrize(
    ("date", "measure", "answers"),
    [
        ("2015-03-18", "began", ["2015-03-18,supported"]),
        ("2015-03-18", "began", ["2015-03-17,disputed", "2015-03,supported"]),
        ("2015-03/2015-05", "began", ["2015-03-31,supported"]),
        ("2015-03/2015-05", "ended", ["2015-05-01,supported"]),
        ("2015-03/2015-05", "date", ["2015-04,supported"]),
        ("{2015-03-18,2015-03-20}", "began", ["2015-03-18,supported"]),
        ("[2015-03-18,2015-03-20]", "began", ["2015-03-20,supported"]),
        ("2015-03-18/..", "ended", ["2019,supported"]),
        # What does not count.
        ("2015-03-18", "began", ["2014,contradicted", "2013,"]),
        ("2015-03-18", "place", ["2014,supported"]),
    ],
)  # fmt: skip
def test_a_date_agrees_with_an_answer(dated, date, measure, answers):
    assert dated(date, measure, *answers) == []


@pytest.mark.parametrize(
    ("date", "measure", "verb", "answer"),
    [
        ("2015-03-18", "began", "begun", "2015-03-17"),
        ("2015-03-18/2015-05", "began", "begun", "2015-04"),
        ("2015-03-18/2015-05", "ended", "ended", "2015-04"),
        ("{2015-03-18,2015-03-20}", "began", "begun", "2015-03-20"),
        ("[2015-03-18,2015-03-20]", "began", "begun", "2015-03-19"),
        ("2015-03-18", "date", "happened", "2015-03-19/2015-03-20"),
    ],
)
def test_a_date_that_no_answer_gives_is_a_warning(dated, date, measure, verb, answer):
    assert dated(date, measure, f"{answer},supported") == [
        f'events.csv:2: 2015-03-18-bardo: warning: by its date "{date}" the event cannot have '
        f"{verb} when the answers to when say: {answer} (claim a); "
        "correct the date, or reconsider the claims' standing"
    ]


def test_many_answers_are_not_all_named(dated):
    [line] = dated("2015-03-18", "date", *(f"201{n},disputed" for n in (6, 7, 8, 9, 0, 1)))
    assert "say: 2016 (claim a), 2017 (claim b), 2018 (claim c), 2019 (claim d), 2010 (claim e) and 1 more; " in line  # fmt: skip


# Parts


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("2015-03/2015-05", "2015-03-18"),
        ("2015-03/2015-05", "2015-05-31/2015-05"),
        ("2015-03", "2015"),
        ("2015-03/..", "2019"),
        ("2015-03/", "2015-03-01"),
    ],
)
def test_a_part_that_can_lie_within_its_whole(chronology, whole, part):
    chronology.write(events=f"id,date,part_of\n2015-a,{whole},\n2015-b,{part},2015-a\n")
    assert [line for line in chronology.check() if "part_of" in line] == []


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("2015-03/2015-05", "2015-06-01"),
        ("2015-03/2015-05", "2015-02-28/2015-04"),
        ("2015-03/2015-05", "2015-04/2015-06"),
        ("../2015-03", "2015-04"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_part_outside_its_whole_is_a_warning(chronology, whole, part, order):
    rows = [f"2015-a,{whole},\n", f"2015-b,{part},2015-a\n"][::order]
    chronology.write(events=f"id,date,part_of\n{''.join(rows)}")
    assert [line.partition("2015-b: ")[2] for line in chronology.check() if "part_of" in line] == [
        f'warning: by its date "{part}" the event cannot lie within 2015-a, which it is part_of, '
        f'dated "{whole}": correct a date, or leave part_of blank'
    ]


@pytest.mark.parametrize(("remembered", "found"), [(2, 1), (1, 0)])
def test_so_many_wholes_are_remembered(chronology, monkeypatch, remembered, found):
    monkeypatch.setattr(rules, "MOST_WHOLES", remembered)
    chronology.write(
        events="id,date,part_of\n2015-a,2015,\n2016-b,2016,\n2017-c,2017,2016-b\n",
    )
    assert len(chronology.check()) == found


# The same thing twice


def test_the_same_place_and_date_twice_is_a_warning(chronology):
    chronology.write(
        events="id,date,place,country\n"
        "2015-03-18-a,2015-03-18,Tunis,TN\n"
        "2015-03-18-b,2015-03-18,Tunis,TN\n"
        "2015-03-18-c,2015-03-18,Tunis,LY\n"
        "2015-03-18-d,2015-03-18,,TN\n"
        "2015-03-18-e,2015-03-18,,TN\n"
    )
    assert chronology.check() == [
        "events.csv:3: 2015-03-18-b: warning: same date, place and type as line 2: "
        "if it is the same event, merge the two rows"
    ]


def test_an_id_stands_once(chronology):
    chronology.write(
        events="id,date\n2015-03-18-a,2015-03-18\n2015-03-18-a,2015-03-18\n"
        "2015-03-18-a,2015-03-18\n"
    )
    assert chronology.check() == [
        "events.csv:3: 2015-03-18-a: the id is already in line 2: give this row another",
        "events.csv:4: 2015-03-18-a: the id is already in line 2: give this row another",
    ]


# References


def test_a_reference_that_leads_nowhere_is_told_with_the_likely_one(chronology):
    chronology.write(
        actors="id,name\nislamic-state,Islamic State\n",
        events="id,date,actors,part_of,sources\n"
        '2015-03-18-bardo,2015-03-18,Islamic\N{NO-BREAK SPACE}State (claimed),2015-tunisia,le-mond; le-monde\n',
    )  # fmt: skip
    assert chronology.check() == [
        'events.csv:2: 2015-03-18-bardo: actors "Islamic\\xa0State" is not in data/actors.csv: '
        'add it there or correct it here; did you mean "Islamic State"?',
        'events.csv:2: 2015-03-18-bardo: sources "le-mond" is not in data/sources.csv: '
        'add it there or correct it here; did you mean "le-monde"?',
        'events.csv:2: 2015-03-18-bardo: part_of "2015-tunisia" is not in events.csv: '
        "add it there or correct it here",
        "data/actors.csv:2: islamic-state: warning: nothing refers to this actor: "
        "use it or delete it",
    ]


def test_after_fifty_that_lead_nowhere_likenesses_are_no_longer_looked_for(chronology):
    rows = "".join(f"2015-e-{number:02},2015,le-mond\n" for number in range(60))
    chronology.write(events=f"id,date,sources\n{rows}")
    found = [line for line in chronology.check() if "is not in data/sources.csv" in line]
    assert [line.endswith('; did you mean "le-monde"?') for line in found] == (
        [True] * 50 + [False] * 10
    )


def test_an_event_may_be_part_of_a_later_row(chronology):
    chronology.write(
        events="id,date,part_of\n2015-03-01-a,2015-03-01,2015-03-b\n2015-03-b,2015-03,\n"
    )
    assert chronology.check() == []


def test_an_event_is_not_part_of_itself(chronology):
    chronology.write(events="id,date,part_of\n2015-03-18-a,2015-03-18,2015-03-18-a\n")
    assert chronology.check() == [
        "events.csv:2: 2015-03-18-a: part_of names the row itself: leave it blank"
    ]


def test_a_circle_of_part_of_is_told_once(chronology):
    chronology.write(
        events="id,date,part_of\n"
        "2015-03-18-a,2015-03-18,2015-03-18-b\n"
        "2015-03-18-b,2015-03-18,2015-03-18-c\n"
        "2015-03-18-c,2015-03-18,2015-03-18-b\n"
    )
    assert chronology.check() == [
        "events.csv:3: 2015-03-18-b: part_of leads back to 2015-03-18-b: break the circle"
    ]


def test_what_nothing_refers_to_is_a_warning(chronology):
    chronology.write(
        sources="id\nle-monde\nunused\n",
        actors="id,name,part_of,successor_of\nbbc,The BBC,,\nchild,Child,parent,old\n"
        "old,Old,,\nparent,Parent,,\n",
        questions="id,measure\nunasked,cause\n",
    )
    assert chronology.check() == [
        "data/sources.csv:3: unused: warning: nothing refers to this source: cite it or delete it",
        "data/actors.csv:2: bbc: warning: nothing refers to this actor: use it or delete it",
        "data/actors.csv:3: child: warning: nothing refers to this actor: use it or delete it",
        "data/questions.csv:2: unasked: warning: no claim is about this question: "
        "add one or delete it",
    ]


def test_a_source_with_an_actors_name_counts_as_used(chronology):
    chronology.write(
        sources="id\nbbc\n",
        actors="id,name\ncorporation,bbc\n",
        events="id,date,actors,sources\n2015-03-18-a,2015-03-18,bbc (target),bbc\n",
    )
    assert chronology.check() == []


def test_a_claim_uses_its_source(chronology):
    chronology.write(
        sources="id\nbbc\nle-monde\n",
        questions="id,measure\nwhy,cause\n",
        claims="id,question,value,source\na,why,a quarrel,bbc\n",
    )
    assert chronology.check() == []


# Actors and sources


@pytest.mark.parametrize("name", ["Brigade; North", "Brigade (North)"])
def test_an_actors_name_fits_into_a_list(chronology, name):
    chronology.write(actors=f"id,name\nbrigade,{name}\n")
    assert chronology.check()[0] == (
        f'data/actors.csv:2: brigade: name "{name}" holds ; or ends in a bracket, which '
        "events.csv needs for its lists and roles: write it without"
    )


def test_an_actors_name_stands_once(chronology):
    chronology.write(
        actors="id,name\na,Islamic State\nb,Islamic State\n",
        events="id,date,actors\n2015-03-18-a,2015-03-18,Islamic State (claimed)\n",
    )
    assert chronology.check()[0] == (
        'data/actors.csv:3: b: name "Islamic State" is already that of a: '
        "keep one row and merge the other into it"
    )


ALIASES = "id,name,aliases\ndaesh,Daesh,\nislamic-state,Islamic State,ar:Daesh; IS\n"


def test_an_actor_under_another_name_of_an_actor_is_a_warning(chronology):
    chronology.write(
        actors=ALIASES,
        events="id,date,actors\n2015-03-18-a,2015-03-18,Daesh (ally); Islamic State (claimed)\n",
    )
    assert chronology.check() == [
        'data/actors.csv:2: daesh: warning: name "Daesh" is an alias of islamic-state: '
        "if they are one, merge the two rows"
    ]


def test_an_alias_in_place_of_a_name_is_told(chronology):
    chronology.write(
        actors=ALIASES.replace("daesh,Daesh,\n", ""),
        events="id,date,actors\n2015-03-18-a,2015-03-18,IS (claimed)\n",
    )
    assert chronology.check() == [
        'events.csv:2: 2015-03-18-a: actors "IS" is an alias of Islamic State: write Islamic State'
    ]


def test_actors_separated_by_a_comma_are_told_apart(chronology):
    chronology.write(
        actors="id,name\nlibya,Libya\n",
        events='id,date,actors\n2015-03-18-a,2015-03-18,"Libya, Tunisia (target)"\n',
    )
    assert chronology.check()[0] == (
        'events.csv:2: 2015-03-18-a: actors "Libya, Tunisia" is not in data/actors.csv: '
        'separate several with "; ", each with its role'
    )


@pytest.mark.parametrize("alias", ["ar: الزهاوي", "fr:"])
def test_an_alias_follows_its_language_directly(chronology, alias):
    chronology.write(events=f"id,date,aliases\n2015-03-18-a,2015-03-18,{alias}\n")
    assert chronology.check() == [
        f'events.csv:2: 2015-03-18-a: alias "{alias}": write the name directly after {alias[:3]}'
    ]


def test_an_address_is_that_of_one_source(chronology):
    chronology.write(
        sources="id,url\nle-monde,https://example.org/a\nother,https://example.org/a\n",
        events="id,date,sources\n2015-03-18-a,2015-03-18,le-monde; other\n",
    )
    assert chronology.check() == [
        "data/sources.csv:3: other: url is already that of line 2: keep one row for one document"
    ]


@pytest.mark.parametrize("url", ["http://example.org/a", "https://example.org/a/"])
def test_an_address_is_the_same_with_another_scheme_or_a_last_slash(chronology, url):
    chronology.write(
        sources=f"id,url\nle-monde,https://example.org/a\nother,{url}\n",
        events="id,date,sources\n2015-03-18-a,2015-03-18,le-monde; other\n",
    )
    assert chronology.check() == [
        "data/sources.csv:3: other: url is already that of line 2: keep one row for one document"
    ]


def test_an_address_does_not_follow_its_reader(chronology):
    chronology.write(sources="id,url\nle-monde,https://example.org/a?utm_source=x\n")
    assert chronology.check() == [
        "data/sources.csv:2: le-monde: warning: url holds utm_source, which only tracks readers: "
        "cut it"
    ]


NO_ARCHIVE = (
    "is at none of the web archives we know: "
    "write a copy at web.archive.org, archive.ph, perma.cc or another archive"
)


@pytest.mark.parametrize(
    ("column", "url", "problem"),
    [
        (
            "url",
            "https://xn--80ak6aa92e.com/a",
            "url has the host xn--80ak6aa92e.com, which a browser may show as "
            '"\u0430\u0440\u0440\u04cf\u0435.com": make sure that it is the site you mean',
        ),
        (
            "url",
            "http://93.184.215.14/a",
            "url has the number 93.184.215.14 in place of a host: write the name of the site",
        ),
        (
            "archived_url",
            "https://archive.example/web",
            f'archived_url "https://archive.example/web" {NO_ARCHIVE}',
        ),
        (
            "archived_url",
            "https://notarchive.org/web",
            f'archived_url "https://notarchive.org/web" {NO_ARCHIVE}',
        ),
    ],
)
def test_an_address_that_may_mislead(chronology, column, url, problem):
    chronology.write(sources=f"id,{column}\nle-monde,{url}\n")
    assert chronology.check() == [f"data/sources.csv:2: le-monde: warning: {problem}"]


def test_a_host_does_not_mix_latin_letters_with_those_that_look_like_them(chronology):
    chronology.write(sources="id,url\nle-monde,https://xn--pple-43d.com/\n")
    assert chronology.check() == [
        "data/sources.csv:2: le-monde: url has the host xn--pple-43d.com, which holds "
        '"\u0430pple", in which U+0430 is CYRILLIC SMALL LETTER A among Latin letters: '
        "write the word in one script"
    ]


@pytest.mark.parametrize(
    "url", ["https://web.archive.org/web/2015/https://a.example/", "https://Archive.PH./x"]
)
def test_a_copy_at_an_archive(chronology, url):
    chronology.write(sources=f"id,archived_url\nle-monde,{url}\n")
    assert chronology.check() == []


@pytest.mark.parametrize("language", ["English", "EN", "e", "فا"])
def test_a_language_is_a_code(chronology, language):
    chronology.write(sources=f"id,language\nle-monde,{language}\n")
    assert chronology.check() == [
        f'data/sources.csv:2: le-monde: language "{language}" is not an ISO 639 code '
        "such as en, fr or ar"
    ]


# Questions and claims


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("killed,,people", "scope is blank: say whom the answers about killed count"),
        ("strength,victims,people", "scope goes with killed and wounded only: leave it blank"),
        ("strength,,", "unit is blank: say what one of the number is, such as people"),
        (
            "kiled,victims,people",
            'measure: "kiled" is not one of its words (killed, wounded, attackers, strength, '
            "missing, evacuated, extent, began, ended, date, place, responsibility, cause, "
            'motive, statement); did you mean "killed"?',
        ),
    ],
)
def test_a_question_says_who_is_counted_and_in_what(chronology, row, problem):
    chronology.write(
        questions=f"id,measure,scope,unit\nq,{row}\n",
        claims="id,question,best,relation\na,q,3,other-measure\n",
    )
    assert chronology.check() == [f"data/questions.csv:2: q: {problem}"]


@pytest.mark.parametrize(
    ("measure", "row", "problems"),
    [
        ("strength", "3,,,", []),
        ("strength", ",,,", ["a question about strength is answered in low, best or high: fill it"]),
        ("strength", "3,,,many", ["value is for answers that are no number: leave it blank"]),
        ("strength", ",,,unknown", []),
        ("strength", "5,,3,", ["low 5 is above high 3: correct one of them"]),
        ("cause", ",3,,", ["a question about cause is not answered by a number: use value"]),
        ("cause", ",,,", ["a question about cause is answered in value: fill it"]),
        ("began", ",,,2015-03-18", []),
        ("began", ",,,Mar-15", ['value: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15']),
        ("strength", ",22.0,,", ['best: "22.0" is not a whole number: write digits only, such as 1200']),
    ],
)  # fmt: skip
def test_a_claim_answers_as_its_question_asks(chronology, measure, row, problems):
    chronology.write(
        questions=f"id,measure,unit\nq,{measure},people\n",
        claims=f"id,question,low,best,high,value\na,q,{row}\n",
    )
    assert chronology.check() == [f"data/claims.csv:2: a: {problem}" for problem in problems]


def test_a_paraphrase_is_short(chronology):
    chronology.write(
        questions="id,measure\nq,cause\n",
        claims=f"id,question,value,said\na,q,x,{' '.join(['word'] * 16)}\n",
    )
    assert chronology.check() == [
        "data/claims.csv:2: a: said has 16 words: paraphrase it in at most 15"
    ]


# Withdrawn


def test_what_is_withdrawn_does_not_stand(chronology):
    chronology.write(withdrawn="id,kind\n2015-03-18-bardo,event\ngone,source\n")
    assert chronology.check() == [
        "events.csv:2: 2015-03-18-bardo: the id is that of a withdrawn event "
        "(line 2 of data/withdrawn.csv): delete this row, or that one",
        "data/withdrawn.csv:2: 2015-03-18-bardo: event 2015-03-18-bardo is still in line 2 "
        "of events.csv: delete that row, or this one",
    ]


def test_what_was_withdrawn_is_not_referred_to(chronology):
    chronology.write(
        withdrawn="id,kind,title\n2014-gone,event,Gone\nbrigade,actor,Brigade\ngone,source,Gone\n",
        events="id,date,actors,part_of,sources\n"
        "2015-03-18-a,2015-03-18,Brigade (ally),2014-gone,gone; le-monde\n",
    )
    says_why = "of data/withdrawn.csv says why; write what replaces it"
    assert chronology.check() == [
        f'events.csv:2: 2015-03-18-a: actors "Brigade" was withdrawn: line 3 {says_why}',
        f'events.csv:2: 2015-03-18-a: sources "gone" was withdrawn: line 4 {says_why}',
        f'events.csv:2: 2015-03-18-a: part_of "2014-gone" was withdrawn: line 2 {says_why}',
    ]


def test_two_kinds_of_things_may_be_withdrawn_under_one_id(chronology):
    chronology.write(withdrawn="id,kind\nbbc,actor\nbbc,source\nbbc,source\n")
    assert chronology.check() == [
        "data/withdrawn.csv:4: bbc: the id is already in line 3: give this row another"
    ]


# What cannot be read is not blank


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        ("killed_best,killed_scope", "3,victim", 'killed_scope: "victim" is not one of its words (victims, civilians, forces, militants, combatants, everyone); did you mean "victims"?'),
        ("killed_best,killed_scope", '"1,200",victims', 'killed_best: "1,200" is not a whole number: write digits only, such as 1200'),
        ("latitude,longitude,location_precision", '"36,8",10.1,site', 'latitude: "36,8" is not a number: write digits and a point, with at most 10 decimals, such as 33.1378'),
        ("country,location_precision", "Tunisia,country", 'country: "Tunisia" is not an ISO 3166-1 code of two capitals; did you mean TN (Tunisia)?'),
    ],
)  # fmt: skip
def test_an_unreadable_cell_has_no_second_problem(event, header, row, problem):
    assert event(f"date,{header}", f"2015-03-18,{row}") == [problem]
