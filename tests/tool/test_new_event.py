"""A new event: asked for, asked for again when an answer is no good, put in its place."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from event_timeline.curated.columns import EVENTS
from event_timeline.new_event import BrokenOffError, EntryError, add_event, propose_id


class Person:
    """Answers each question by its column; asked again, gives the next answer."""

    def __init__(self, **answers: str | list[str]) -> None:
        sound = {
            "title": "Bardo attack",
            "type": "attack",
            "status": "confirmed",
            "location_precision": "none",
            "summary": "It happened.",
            "sources": "le-monde",
        }
        self.answers = {
            name: [given] if isinstance(given, str) else list(given)
            for name, given in {**sound, **answers}.items()
        }
        self.questions: list[str] = []
        self.refusals: list[str] = []

    def ask(self, question: str, check_answer: Callable[[str], str]) -> str:
        self.questions.append(question)
        given = self.answers.get(question.partition(":")[0], [""])
        while True:
            try:
                return check_answer(given.pop(0) if given else "")
            except ValueError as error:
                self.refusals.append(str(error))
                if not given:
                    raise


def test_a_new_event_is_a_valid_row_in_its_place(chronology):
    chronology.write(
        events="id,date\n2015-03-17-a,2015-03-17\n2015-03-19-c,2015-03-19\n",
        actors="id,name\nislamic-state,Islamic State\n",
    )
    person = Person(
        date="2015-03-18",
        title="  Bardo,  the museum ",
        country="TN",
        actors="Islamic State (claimed)",
        killed_best="22",
        killed_scope="victims",
    )
    assert add_event(chronology.events_csv, person.ask) == "2015-03-18-bardo-the-museum"
    assert person.refusals == []
    assert Path("events.csv").read_text().splitlines()[1:] == [
        "2015-03-17-a,2015-03-17,Something happens,attack,confirmed,,,,,,none,,,,,,,,,,,,It happened.,,,le-monde",
        '2015-03-18-bardo-the-museum,2015-03-18,"Bardo, the museum",attack,confirmed,TN,,,,,none,,Islamic State (claimed),,,22,,victims,,,,,It happened.,,,le-monde',
        "2015-03-19-c,2015-03-19,Something happens,attack,confirmed,,,,,,none,,,,,,,,,,,,It happened.,,,le-monde",
    ]
    assert chronology.check() == []


def test_every_column_is_asked_for_once_with_its_words(chronology):
    person = Person(date="2015-03-18", id="2015-03-18-x")
    add_event(chronology.events_csv, person.ask)
    asked = [question.partition(":")[0] for question in person.questions]
    assert asked == ["date", "title", "id", *EVENTS.names[3:]]
    assert person.questions[0] == "date: When it happened, in EDTF (ISO 8601-2)."
    assert person.questions[1] == (
        "title: What happened, in one line. (The date is: 18 March 2015.)"
    )
    assert person.questions[2] == (
        "id: permanent, because people cite it (Enter: 2015-03-18-bardo-attack)"
    )
    assert person.questions[4] == (
        "status: Whether it happened, and who did it, is agreed. Disputed figures do not change "
        "it. [confirmed, disputed, unverified]"
    )
    assert person.questions[6] == (
        "region: Province, governorate or district of the first level. (Enter: blank)"
    )
    assert person.questions[12] == (
        "actors: Who took part, each with a role. Write Name (role); Name (role). [perpetrator, "
        "claimed, accused, attributed, initiator, author, ally, opponent, target, subject, "
        "mediator] (Enter: blank)"
    )
    assert person.questions[-1] == ('sources: Ids of its sources. Separate several with "; ".')


@pytest.mark.parametrize(
    ("column", "answer", "refusal"),
    [
        ("date", "", "date is needed: fill it"),
        ("date", "Mar-15", '"Mar-15" is not EDTF: write 2015-03 or XXXX-03-15'),
        ("title", "=1+1", "the answer starts with =, which spreadsheets run as a formula: begin with a word"),
        ("title", "a\tb", "the answer holds the hidden character U+0009: delete it"),
        ("title", "caf\udce9", "the answer holds the hidden character U+DCE9: delete it"),
        ("title", "x" * 20_001, "the answer is longer than 20,000 characters: shorten it"),
        ("id", "Bardo", '"Bardo" is not an id: write a-z, 0-9 and single hyphens'),
        ("id", "bardo", '"bardo" is not an event\'s id: write its date and a few words, such as 2015-03-18-bardo-museum-attack'),
        ("id", "2015-03-18-bardo", "the id is already in line 2: choose another"),
        ("id", "2014-gone", "the id is that of a withdrawn event, and stays so: choose another"),
        ("country", "Tunisia", '"Tunisia" is not an ISO 3166-1 code of two capitals; did you mean TN (Tunisia)?'),
        ("killed_best", "1,200", '"1,200" is not a whole number: write digits only, such as 1200'),
        ("actors", "Nobody (ally)", 'actors "Nobody" is not in data/actors.csv: add it there or correct it here'),
        ("sources", "le-mond", 'sources "le-mond" is not in data/sources.csv: add it there or correct it here; did you mean "le-monde"?'),
        ("part_of", "2015-none", 'part_of "2015-none" is not in events.csv: add it there or correct it here'),
    ],
)  # fmt: skip
def test_a_bad_answer_is_explained_and_asked_for_again(chronology, column, answer, refusal):
    chronology.write(withdrawn="id,kind\n2014-gone,event\n")
    sound = {"date": "2015-03-18", "title": "Bardo", "id": "2015-03-18-x", "sources": "le-monde"}
    person = Person(**{**sound, column: [answer, sound.get(column, "")]})
    assert add_event(chronology.events_csv, person.ask) == "2015-03-18-x"
    assert person.refusals == [refusal]
    assert chronology.check() == []


def test_a_first_event_starts_the_file(chronology):
    Path("events.csv").unlink()
    add_event(chronology.events_csv, Person(date="2015-03-18").ask)
    assert chronology.check() == []


def test_giving_up_leaves_no_file_behind(chronology):
    Path("events.csv").unlink()
    with pytest.raises(ValueError, match="date is needed: fill it"):
        add_event(chronology.events_csv, Person(date="").ask)
    assert not Path("events.csv").exists()


def test_answers_that_do_not_go_together_are_given_back(chronology):
    before = Path("events.csv").read_bytes()
    person = Person(date="2015-03-18", killed_low="21", killed_best="22")
    with pytest.raises(EntryError) as refused:
        add_event(chronology.events_csv, person.ask)
    assert str(refused.value) == (
        "not added: killed_scope is blank: say whom the figures count\n"
        "This row can be pasted into events.csv, and corrected there:\n"
        "2015-03-18-bardo-attack,2015-03-18,Bardo attack,attack,confirmed,,,,,,none,,,,21,22,,,,,,,It happened.,,,le-monde\n"
    )
    assert Path("events.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"killed_low": "30", "killed_best": ["22", ""]}, "killed_low 30 is above killed_best 22: correct one of them"),
        ({"killed_low": "30", "killed_high": ["22", ""]}, "killed_low 30 is above killed_high 22: correct one of them"),
        ({"wounded_best": "30", "wounded_high": ["22", ""]}, "wounded_best 30 is above wounded_high 22: correct one of them"),
    ],
)  # fmt: skip
def test_figures_that_contradict_each_other_are_refused_at_once(chronology, answers, refusal):
    person = Person(date="2015-03-19", killed_scope="victims", **answers)
    add_event(chronology.events_csv, person.ask)
    assert person.refusals == [refusal]


def test_what_was_added_in_another_window_is_found_on_the_next_try(chronology):
    class Busy(Person):
        """Adds a source and an actor while being asked."""

        def ask(self, question: str, check_answer: Callable[[str], str]) -> str:
            if question.startswith("type"):
                chronology.write(
                    sources="id\nle-monde\nnew-source\n", actors="id,name\nbrigade,Brigade\n"
                )
            return super().ask(question, check_answer)

    person = Busy(date="2015-03-19", actors="Brigade (ally)", sources="new-source; le-monde")
    add_event(chronology.events_csv, person.ask)
    assert person.refusals == []


@pytest.mark.parametrize("error", [BrokenOffError, KeyboardInterrupt])
@pytest.mark.parametrize("first", [True, False])
def test_whoever_gives_up_gets_the_row_so_far(chronology, error, first):
    if first:
        Path("events.csv").unlink()

    class Tired(Person):
        def ask(self, question: str, check_answer: Callable[[str], str]) -> str:
            if question.startswith("status"):
                raise error
            return super().ask(question, check_answer)

    with pytest.raises(EntryError) as given_up:
        add_event(chronology.events_csv, Tired(date="2015-03-19").ask)
    assert str(given_up.value) == (
        "interrupted, nothing was added\n"
        "This row can be pasted into events.csv, and corrected there:\n"
        f"2015-03-19-bardo-attack,2015-03-19,Bardo attack,attack{',' * 22}\n"
    )
    assert Path("events.csv").exists() is not first


def test_whoever_gives_up_at_once_gets_no_row(chronology):
    def refuse(_question: str, _check_answer: Callable[[str], str]) -> str:
        raise BrokenOffError

    with pytest.raises(EntryError, match=r"^interrupted, nothing was added$"):
        add_event(chronology.events_csv, refuse)


def test_a_file_that_cannot_be_formatted_is_told_before_anything_is_asked(chronology):
    with Path("events.csv").open("a") as stream:
        stream.write("cut,off\n")
    person = Person()
    with pytest.raises(EntryError) as refused:
        add_event(chronology.events_csv, person.ask)
    assert str(refused.value) == (
        "correct this first:\nevents.csv:3: cut: the row has 2 cells, the header 26: "
        "the row is cut off or a comma is missing"
    )
    assert person.questions == []


def test_a_link_out_of_the_folder_is_told_before_anything_is_asked(chronology, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "events.csv"
    Path("events.csv").rename(outside)
    Path("events.csv").symlink_to(outside)
    person = Person()
    with pytest.raises(EntryError) as refused:
        add_event(chronology.events_csv, person.ask)
    assert str(refused.value) == (
        f"correct this first:\nevents.csv: is a link to {outside}, outside its folder: "
        "put the file itself in its place"
    )
    assert person.questions == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("data", "correct this first:\ndata: cannot be read (it is a folder or a device): give the path of a CSV file"),
        ("no/events.csv", "no/events.csv cannot be written: No such file or directory"),
    ],
)  # fmt: skip
def test_what_is_no_place_for_a_file(chronology, name, message):
    with pytest.raises(EntryError) as refused:
        add_event(Path(name), Person().ask)
    assert str(refused.value) == message


def test_a_row_spoilt_in_another_window_is_not_lost(chronology):
    person = Person(date="2015-03-18", summary="It happened.")

    def ask(question: str, check_answer: Callable[[str], str]) -> str:
        if question.startswith("summary"):
            with Path("events.csv").open("a") as stream:
                stream.write("2015-03-19-b,a row cut off\n")
        return person.ask(question, check_answer)

    with pytest.raises(
        EntryError, match=r"^not added, correct this first:\nevents\.csv:3: 2015-03-19-b"
    ):
        add_event(chronology.events_csv, ask)
    assert Path("events.csv").read_text().endswith("2015-03-19-b,a row cut off\n")


def test_a_full_disk_gives_the_row_back(chronology, monkeypatch):
    before = Path("events.csv").read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EntryError) as refused:
        add_event(chronology.events_csv, Person(date="2015-03-19").ask)
    assert str(refused.value) == (
        "events.csv cannot be written: No space left on device\n"
        "This row can be pasted into events.csv, and corrected there:\n"
        "2015-03-19-bardo-attack,2015-03-19,Bardo attack,attack,confirmed,,,,,,none,,,,,,,,,,,,It happened.,,,le-monde\n"
    )
    assert Path("events.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("date", "title", "proposed"),
    [
        ("2015-03-18", "Bardo museum attack", "2015-03-18-bardo-museum-attack"),
        ("2015-06", "L'État pledges, at last, to two more things", "2015-06-l-etat-pledges-at-last-to"),
        ("2013?", "A", "2013-a"),
        ("../2015", "A", ""),
    ],
)  # fmt: skip
def test_an_id_is_proposed(date, title, proposed):
    assert propose_id(date, title) == proposed


def test_without_a_beginning_the_id_is_asked_for_with_an_example(chronology):
    person = Person(date="../2015", id=["", "2015-long-war"])
    assert add_event(chronology.events_csv, person.ask) == "2015-long-war"
    assert person.questions[2] == (
        "id: permanent, because people cite it, such as 2015-03-18-bardo-museum-attack"
    )
    assert person.refusals == ['"" is not an id: write a-z, 0-9 and single hyphens']
