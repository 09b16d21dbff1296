"""The library: what is found where, what hides what, and what is said about whole files and what they name."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from simulator.content.library import FOLDERS, KINDS, WALKTHROUGH, Kind, Library, digest, read, restore
from simulator.content.persona import Persona
from simulator.content.rubric import Bank
from simulator.content.walkthrough import Walkthrough
from simulator.errors import ContentError
from simulator.paths import bundled_folder

from .conftest import MINE
from .editing import Sheet


def put(folder: Path, kind: Kind, text: str, name: str = MINE) -> Path:
    file = folder / FOLDERS[kind] / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf8")
    return file


def renamed(text: str, name: str) -> str:
    return Sheet(text).value(("id",), name).text


# Where things are found.


def test_the_order_of_places(
    tmp_path: Path, home: Path, starting: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An explicit path, then ./personas, then the data folder, then what is shipped: each hides what comes after it."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    name = "maya"
    text = renamed(starting["persona"], name)
    shipped = bundled_folder() / "personas" / f"{name}.yaml"
    assert Library().persona(name).path == shipped
    at_home = put(home, "persona", text, name)
    assert Library().persona(name).path == at_home
    nearby = put(here, "persona", text, name)
    assert Library().persona(name).path == nearby
    explicit = put(tmp_path / "elsewhere", "persona", text, name)
    assert Library().persona(str(explicit)).path == explicit
    assert Library().files("persona")[name] == nearby
    nearby.unlink()
    at_home.unlink()
    assert Library().persona(name).path == shipped


def test_what_hides_another_is_the_only_one_listed(folder: Path, tmp_path: Path, starting: dict[str, str]) -> None:
    first = tmp_path / "first"
    hiding = put(first, "persona", Sheet(starting["persona"]).rest(("presents",), "Another one.").text)
    found, problems = Library([first, folder]).readable("persona")
    assert problems == []
    assert [one.value.presents for one in found if one.value.id == MINE] == ["Another one."]
    assert Library([first, folder]).persona(MINE).path == hiding


def test_a_broken_file_hides_a_sound_one(folder: Path, tmp_path: Path) -> None:
    """Somebody who is changing a copy wants to hear of its mistakes, not to practise with the old one."""
    first = tmp_path / "first"
    put(first, "persona", "schema: persona/1\n")
    with pytest.raises(ContentError):
        Library([first, folder]).persona(MINE)


def test_one_broken_file_leaves_the_others_readable(folder: Path, mine: Library) -> None:
    before, _ = mine.readable("persona")
    broken = put(folder, "persona", "schema: persona/1\nid: broken\n: :\n", "broken")
    after, problems = mine.readable("persona")
    assert [one.value.id for one in after] == [one.value.id for one in before] != []
    assert {problem.path for problem in problems} == {broken}
    assert mine.persona(MINE).value.id == MINE


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_id_is_answered_with_the_nearest(kind: Kind, mine: Library) -> None:
    get = {"persona": mine.persona, "rubric": mine.rubric, "exercise": mine.exercise}[kind]
    with pytest.raises(ContentError) as caught:
        get(MINE + "a")
    assert f"there is no {kind} '{MINE}a'; did you mean '{MINE}'?" in str(caught.value)
    with pytest.raises(ContentError) as caught:
        get("zzzzzz")
    assert "did you mean" not in str(caught.value)
    for known in mine.files(kind):
        assert known in str(caught.value)


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=re.escape("(known: none)")):
        Library([tmp_path]).persona("maya")
    assert Library([tmp_path]).check() == (0, [])


@pytest.mark.parametrize("name", ["nowhere/maya.yaml", "maya.yml", "..\\maya", "/", "a\0b.yaml"])
def test_a_path_that_is_no_file(name: str, mine: Library) -> None:
    with pytest.raises(ContentError, match="there is no file"):
        mine.persona(name)


def test_all_problems_come_with_the_error(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    sound = Sheet(starting["persona"])
    broken = sound.value(("pronouns",), "hee").value(("sensitivities", 0, "hurts"), "advise")
    file = put(folder, "persona", broken.text)
    with pytest.raises(ContentError) as caught:
        mine.persona(MINE)
    ways = [("pronouns",), ("sensitivities", 0, "hurts")]
    assert [problem.line for problem in caught.value.problems] == [sound.line(way) for way in ways]
    for problem in caught.value.problems:
        assert f"{file}:{problem.line}: {problem.message}" in str(caught.value).splitlines()


def test_a_duplicate_key_is_said_beside_other_problems(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    sound = Sheet(starting["persona"])
    twice = sound.value(("pronouns",), "hee").text + "\nname: Again\n"
    problems = mine.check_file(put(folder, "persona", twice))
    assert len(problems) == 2
    assert [f"it is already on line {sound.line(('name',))}" in problem.message for problem in problems] == [
        True,
        False,
    ]
    assert "'pronouns' cannot be 'hee'" in problems[1].message


# Files that are no content.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema: personna/1\n", "the schema 'personna/1' is not known; did you mean 'persona/1'?"),
        ("schema: [persona/1]\n", "is not known"),
        ("name: Anna\n", "there is no key 'schema'; begin with 'schema: persona/1' or the like"),
        ("- a list\n", "there is no key 'schema'"),
        ("just text\n", "there is no key 'schema'"),
        ("", "is empty"),
    ],
)
def test_what_a_file_is_for_must_be_said(text: str, message: str, folder: Path, mine: Library) -> None:
    problems = mine.check_file(put(folder, "persona", text))
    assert len(problems) == 1
    assert problems[0].line == 1
    assert message in problems[0].message


def test_check_counts_every_file_and_sorts_what_it_finds(folder: Path, mine: Library) -> None:
    count, problems = mine.check()
    assert problems == []
    assert count == sum(len(mine.files(kind)) for kind in KINDS) > 0
    for kind in KINDS:
        put(folder, kind, "schema: nothing\n", "wrong")
    recount, problems = mine.check()
    assert recount == count + len(KINDS)
    assert problems == sorted(problems)
    assert {problem.path.parent.name for problem in problems} == set(FOLDERS.values())


# What exercises name.


def exercise_with(starting: dict[str, str], **keys: Any) -> str:
    """Write the starting exercise with other values, as JSON, which YAML reads."""
    return json.dumps(Sheet(starting["exercise"]).document.data | keys)


def test_an_exercise_names_a_persona_and_a_rubric_that_are_there(
    folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    sound = Sheet(starting["exercise"])
    file = put(folder, "exercise", sound.value(("persona",), "mayaa").value(("rubric",), "cor").text)
    problems = mine.check_file(file)
    assert [(problem.line, problem.message.split(" (")[0]) for problem in problems] == [
        (sound.line(("persona",)), "there is no persona 'mayaa'; did you mean 'maya'?"),
        (sound.line(("rubric",)), "there is no rubric 'cor'; did you mean 'core'?"),
    ]


def test_an_exercise_says_where_its_persona_is_broken(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    broken = put(folder, "persona", Sheet(starting["persona"]).value(("pronouns",), "hee").text)
    file = put(folder, "exercise", exercise_with(starting, persona=MINE))
    messages = [problem.message for problem in mine.check_file(file)]
    assert messages == [f"the persona '{MINE}' has problems of its own; see: simulator check {broken}"]


def test_an_exercise_begins_from_disclosures_that_exist(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    known = mine.persona("maya").value.disclosures[0].id
    assert mine.check_file(put(folder, "exercise", exercise_with(starting, start={"disclosed": [known]}))) == []
    file = put(folder, "exercise", exercise_with(starting, start={"disclosed": [known, known + "s"]}))
    messages = [problem.message for problem in mine.check_file(file)]
    assert messages == [f"the persona 'maya' has no disclosure '{known}s'; did you mean '{known}'?"]


def test_more_turns_are_asked_for_than_there_are(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    file = put(folder, "exercise", exercise_with(starting, turns=2, **{"pass": {}}))
    messages = [problem.message for problem in mine.check_file(file)]
    assert messages == ["it could never be passed: there are 2 turns, but 'least_turns' asks for 4 unless you set it"]


# Personas that could never be told.


def persona_with(starting: dict[str, str], **changes: dict[str, Any]) -> str:
    """Write the starting persona with other keys in some of its disclosures."""
    data = Sheet(starting["persona"]).document.data
    assert changes.keys() <= {one["id"] for one in data["disclosures"]}
    data["disclosures"] = [one | changes.get(one["id"], {}) for one in data["disclosures"]]
    return json.dumps(data)


def test_disclosures_that_wait_for_each_other(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    text = persona_with(starting, nights={"needs": {"after": ["mother"]}}, mother={"needs": {"after": ["nights"]}})
    messages = [problem.message for problem in mine.check_file(put(folder, "persona", text))]
    assert messages == [
        "'nights' can never be told: it waits for 'mother', and that waits for it",
        "'mother' can never be told: it waits for 'nights', and that waits for it",
    ]


def test_a_disclosure_cannot_wait_for_a_later_stage(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    text = persona_with(starting, mother={"needs": {"after": ["less_alone"]}}, less_alone={"needs": {}})
    messages = [problem.message for problem in mine.check_file(put(folder, "persona", text))]
    assert messages == ["'less_alone' is told from exploring on, later than 'mother' itself"]


def test_what_a_stage_needs_cannot_come_later(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    """Exploring is done when the core has been told and a goal named; neither can wait for the stage after it."""
    text = persona_with(starting, less_alone={"stage": "solutions"}, the_wish={"stage": "solutions"})
    messages = [problem.message for problem in mine.check_file(put(folder, "persona", text))]
    assert messages == [
        "exploring is not done before a goal is spoken of; give it 'stage: exploring'",
        "exploring is not done before the core, 'the_wish', is told; give it 'stage: exploring'",
    ]
    twice = persona_with(starting, less_alone={"stage": "solutions"}, the_wish={"marks": "goal"})
    assert mine.check_file(put(folder, "persona", twice)) == []


# Banks of a rubric.

BANK: dict[str, Any] = {
    "schema": "exemplars/1",
    "about": "A few more.",
    "turns": [
        {
            "client": "I can't.",
            "concern": "work",
            "replies": [{"reply": "Not today.", "levels": {"pace": 3}, "codes": ["reflection"]}],
        }
    ],
}


def with_bank(folder: Path, starting: dict[str, str], name: str = "more.yaml") -> Path:
    data = Sheet(starting["rubric"]).document.data | {"bank": [name]}
    return put(folder, "rubric", json.dumps(data))


def bank_saying(folder: Path, **changes: Any) -> Path:
    bank = json.loads(json.dumps(BANK))
    bank["turns"][0]["replies"][0] |= changes
    file = folder / "rubrics" / "more.yaml"
    file.write_text(json.dumps(bank, indent=1), encoding="utf8")
    return file


def test_the_exemplars_of_a_bank_belong_to_the_rubric(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    with_bank(folder, starting)
    bank_saying(folder)
    loaded = mine.rubric(MINE)
    assert [reply.reply for turn in loaded.bank for reply in turn.replies] == ["Not today."]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"levels": {"pase": 3}}, "the rubric has no criterion 'pase'; did you mean 'pace'?"),
        ({"codes": ["reflexion"]}, "the rubric has no code 'reflexion'; did you mean 'reflection'?"),
        ({"level": {"pace": 3}}, "'level' is not a key here; did you mean 'levels'?"),
    ],
)
def test_a_mistake_in_a_bank_is_said_in_the_bank(
    changes: dict[str, Any], message: str, folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    rubric = with_bank(folder, starting)
    bank = bank_saying(folder, **changes)
    problems = mine.check_file(rubric)
    assert [(problem.path, problem.message) for problem in problems] == [(bank, message)]
    wrong = next(iter({**changes.get("levels", {}), **dict.fromkeys(changes.get("codes", [])), "level": 0}))
    assert f'"{wrong}"' in bank.read_text(encoding="utf8").split("\n")[problems[0].line - 1]


def test_a_bank_that_is_not_there(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    messages = [problem.message for problem in mine.check_file(with_bank(folder, starting, "mroe.yaml"))]
    assert messages == ["there is no file mroe.yaml beside this one"]


def test_a_bank_may_be_checked_by_itself(folder: Path, mine: Library) -> None:
    assert mine.check_file(bank_saying(folder)) == []
    assert read(bank_saying(folder), Bank)[0] is not None
    assert mine.check_file(bank_saying(folder, levels={"pace": 9})) != []


# Walkthroughs.


def walkthrough(**expect: Any) -> dict[str, Any]:
    turns = [{"say": "It's lonely at three.", "expect": expect}]
    return {"schema": "walkthrough/1", "persona": MINE, "about": "One.", "walks": [{"name": "one", "turns": turns}]}


def put_walkthrough(folder: Path, data: dict[str, Any], name: str = MINE) -> Path:
    file = folder / "personas" / f"{name}{WALKTHROUGH}"
    file.write_text(json.dumps(data, indent=1), encoding="utf8")
    return file


def test_a_walkthrough_beside_a_persona_is_no_persona(folder: Path, mine: Library) -> None:
    before = mine.check()
    file = put_walkthrough(folder, walkthrough(discloses="nights"))
    assert mine.check() == (before[0] + 1, [])
    assert set(mine.files("persona")) == {MINE, "maya"}
    assert read(file, Walkthrough)[0] is not None


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"discloses": "nigths"}, f"{MINE} has no disclosure 'nigths'; did you mean 'nights'?"),
        ({"withholds": "the_wich"}, f"{MINE} has no disclosure 'the_wich'; did you mean 'the_wish'?"),
        ({"probe": "your_numbr"}, f"{MINE} has no probe 'your_numbr'; did you mean 'your_number'?"),
        ({"rupture": "withdrawl"}, "'rupture' cannot be 'withdrawl'; did you mean 'withdrawal'?"),
        ({"trust": "up"}, "'trust' cannot be 'up'"),
        ({"stages": "rapport"}, "'stages' is not a key here; did you mean 'stage'?"),
        ({"repaired": "so-so"}, "'repaired' should be true or false, not 'so-so'"),
    ],
)
def test_a_mistake_in_a_walkthrough(expect: dict[str, str], message: str, folder: Path, mine: Library) -> None:
    file = put_walkthrough(folder, walkthrough(**expect))
    _, problems = mine.check()
    assert [problem.path for problem in problems] == [file]
    assert message in problems[0].message
    assert f'"{next(iter(expect))}"' in file.read_text(encoding="utf8").split("\n")[problems[0].line - 1]


def test_a_walkthrough_without_its_persona(folder: Path, mine: Library) -> None:
    data = walkthrough() | {"persona": MINE + "s"}
    file = put_walkthrough(folder, data, MINE + "s")
    _, problems = mine.check()
    assert [(problem.path, problem.message) for problem in problems] == [
        (file, f"there is no {MINE}s.yaml beside this file; did you mean '{MINE}'?")
    ]
    broken = put(folder, "persona", "schema: persona/1\n")
    messages = [problem.message for problem in mine.check_file(put_walkthrough(folder, walkthrough()))]
    assert messages == [f"the persona '{MINE}' has problems of its own; see: simulator check {broken}"]


# Digests, and content that a session kept.


def test_the_digest_is_of_what_is_said_not_of_how_it_is_written(
    folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    before = mine.persona(MINE).digest
    bare = re.sub(r"(?m)\s+#.*$", "", starting["persona"])
    assert bare != starting["persona"]
    for text in (bare, json.dumps(Sheet(bare).document.data, indent=3), "# other words\n\n" + starting["persona"]):
        put(folder, "persona", text)
        assert mine.persona(MINE).digest == before
    reordered = dict(reversed(Sheet(bare).document.data.items()))
    put(folder, "persona", json.dumps(reordered))
    assert mine.persona(MINE).digest == before


def test_a_word_changes_the_digest(folder: Path, mine: Library, starting: dict[str, str]) -> None:
    before = mine.persona(MINE).digest
    sheet = Sheet(starting["persona"])
    line = sheet.at(("reactions", "neutral", 0))
    put(folder, "persona", sheet.rest(("reactions", "neutral", 0), json.dumps(line + "!")).text)
    assert mine.persona(MINE).digest != before


def test_a_word_in_a_bank_changes_the_digest_of_its_rubric(
    folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    with_bank(folder, starting)
    bank_saying(folder)
    before = mine.rubric(MINE).digest
    bank_saying(folder, reply="Not now.")
    assert mine.rubric(MINE).digest != before
    bank_saying(folder)
    assert mine.rubric(MINE).digest == before


def test_the_digest_is_a_sha_256() -> None:
    assert digest({"b": [1, "é"], "a": None}) == hashlib.sha256('{"a":null,"b":[1,"é"]}'.encode()).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_kept_is_the_same_again(kind: Kind, library: Library) -> None:
    get: Any = {"persona": library.persona, "rubric": library.rubric, "exercise": library.exercise}[kind]
    for name in library.files(kind):
        loaded = get(name)
        kept = restore(kind, json.loads(json.dumps(loaded.data)))
        assert kept.value == loaded.value
        assert kept.bank == loaded.bank
        assert kept.digest == loaded.digest


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [{}, [], None, {"rubric": {}, "bank": [{}]}, {"schema": "persona/0"}])
def test_what_was_kept_and_no_longer_fits_is_a_content_error(kind: Kind, data: Any) -> None:
    with pytest.raises(ContentError, match=f"the kept {kind} no longer fits"):
        restore(kind, data)


# Text stays text.


def test_control_characters_are_refused_and_markup_is_kept(
    folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    sheet, way = Sheet(starting["persona"]), ("reactions", "neutral", 0)
    for escaped in ('"\\e[31mred\\e[0m"', '"\\x1b[2J"', '"\\u009b31m"', '"a\\rb"'):
        problems = mine.check_file(put(folder, "persona", sheet.rest(way, escaped).text))
        assert [problem.line for problem in problems] == [sheet.line(way)]
        assert "invisible character" in problems[0].message
    for text in ("[red]no[/red]", "<b>bold</b>", "{{ id }}", "$(ls) `ls`", "[link=x]", "\\[not]"):
        put(folder, "persona", sheet.rest(way, json.dumps(text)).text)
        assert mine.persona(MINE).value.reactions.neutral == (text,)


def test_an_unreadable_folder_of_a_kind_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "personas").write_text("not a folder", encoding="utf8")
    assert Library([tmp_path]).files("persona") == {}
    (tmp_path / "rubrics" / "a.yaml").mkdir(parents=True)
    _, problems = Library([tmp_path]).check()
    assert [problem.message.split(":")[0] for problem in problems] == ["cannot be read"]


def test_a_copy_of_what_is_shipped_is_sound_anywhere(tmp_path: Path) -> None:
    for folder in FOLDERS.values():
        shutil.copytree(bundled_folder() / folder, tmp_path / folder)
    count, problems = Library([tmp_path]).check()
    assert problems == []
    assert count >= len(KINDS)
    assert read(tmp_path / "personas" / "maya.yaml", Persona)[0] is not None
