"""What is wrong with an authored file is said all at once, at its line, with the nearest known word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.content.authored import Location
from simulator.content.library import FOLDERS, Library
from simulator.errors import Problem

from .conftest import MINE
from .editing import Sheet

Edit = Callable[[Sheet], Sheet]


class Said(NamedTuple):
    way: Location
    """The place in the sound file whose line the message must have."""
    words: tuple[str, ...]
    """What the message must hold."""


class Broken(NamedTuple):
    name: str
    kind: str
    edit: Edit
    said: tuple[Said, ...]


def value(kind: str, way: Location, new: str, *words: str) -> Broken:
    return Broken(f"{kind} {way[-1]} = {new[:30]}", kind, lambda s: s.value(way, new), (Said(way, words),))


def rest(kind: str, way: Location, new: str, *words: str) -> Broken:
    return Broken(f"{kind} {way[-1]} ~ {new[:30]}", kind, lambda s: s.rest(way, new), (Said(way, words),))


def misspelt(kind: str, way: Location, new: str) -> Broken:
    missing = Said(way[:-1], (f"the key '{way[-1]}' is missing",))
    wrong = Said(way, (f"'{new}' is not a key here", f"did you mean '{way[-1]}'?"))
    return Broken(f"{kind} {new}", kind, lambda s: s.key(way, new), (missing, wrong))


def unknown(kind: str, way: Location, new: str) -> Broken:
    said = Said(way, (f"'{new}' is not a key here", f"did you mean '{way[-1]}'?"))
    return Broken(f"{kind} {new}", kind, lambda s: s.key(way, new), (said,))


SORE: Location = ("sensitivities", 0)
PROBE: Location = ("probes", 0)
CRITERION: Location = ("criteria", 0)
MUST: Location = ("pass", "must", 0)

FORM = [
    # Mistakes of form: each value on its own.
    value("persona", ("pronouns",), "hee", "'pronouns' cannot be 'hee'", "did you mean 'he'?", "she, he, they"),
    misspelt("persona", ("presents",), "presnts"),
    misspelt("persona", ("stages", "solutions", "opening"), "openings"),
    misspelt("persona", ("reactions", "understood"), "understod"),
    value("persona", (*SORE, "hurts"), "advise", "cannot be 'advise'", "did you mean 'advice'?"),
    value("persona", (*SORE, "as"), "withdrawl", "cannot be 'withdrawl'", "did you mean 'withdrawal'?"),
    value("persona", (*SORE, "repair", "needs"), "Understanding", "did you mean 'understanding'?"),
    value("persona", (*PROBE, "kind"), "private contact", "did you mean 'private_contact'?"),
    value("persona", ("start", "trust"), "20%", "'trust' should be a number, not '20%'"),
    value("persona", (*PROBE, "when", "trust"), "3", "'trust' cannot be '3': it must be at most 0.95"),
    value(
        "persona", ("disclosures", 1, "needs", "trust"), "'0.3'", "should be a number", "take the quotation marks away"
    ),
    rest(
        "persona", ("reactions", "silence", 0), "12", "item 1 of 'silence' should be text, not '12'", "quotation marks"
    ),
    rest("persona", ("reactions", "neutral", 0), '""', "item 1 of 'neutral' is empty"),
    rest("persona", ("reactions", "informed", 0), "", "item 1 of 'informed' is empty"),
    rest("persona", ("ending", "good", 0), "so: then", "item 1 of 'good' should be text, not a group of keys"),
    rest("persona", ("content_warnings",), "dementia", "'content_warnings' should be a list", "'- '", "not 'dementia'"),
    rest("persona", ("voice", "style"), "[plain]", "'style' should be text, not a list"),
    value("rubric", ("criteria", 0, "applies"), "sometimes", "'applies' cannot be 'sometimes'", "always, at_stake"),
    misspelt("rubric", (*CRITERION, "goal"), "goals"),
    misspelt("rubric", (*CRITERION, "levels", "3"), "03"),
    value("rubric", (*CRITERION, "cues", 0, "effect"), "lower", "did you mean 'lowers'?"),
    value("rubric", (*CRITERION, "cues", 0, "caps"), "0", "'caps' cannot be '0': it must be at least 1"),
    rest("rubric", (*CRITERION, "cues", 0, "pattern"), "'(a|b'", "'pattern' is not a regular expression"),
    rest("rubric", ("codes", 0, "pattern"), "'a{99999999999}'", "'pattern' is not a regular expression"),
    rest("rubric", ("too_short",), "'(mm'", "'too_short' is not a regular expression"),
    value("rubric", (*CRITERION, "exemplars", 0, "level"), "six", "'level' should be a number, not 'six'"),
    value("rubric", (*CRITERION, "exemplars", 1, "level"), "6", "'level' cannot be '6': it must be at most 5"),
    value("rubric", ("codes", 0, "id"), "Open Question", "cannot be 'Open Question'", "such as 'open_question'"),
    value("rubric", ("codes", 1, "behaviour"), "reflect", "did you mean 'reflection'?"),
    unknown("exercise", ("reflection",), "reflections"),
    value("exercise", ("stage",), "explore", "cannot be 'explore'", "did you mean 'exploring'?"),
    value("persona", ("disclosures", 0, "stage"), "RAPPORT", "cannot be 'RAPPORT'", "did you mean 'rapport'?"),
    value("exercise", ("turns",), "eight", "'turns' should be a whole number, not 'eight'"),
    value("exercise", ("feedback",), "fully", "did you mean 'full'?"),
    value("exercise", ("self_rating",), "perhaps", "'self_rating' should be true or false, not 'perhaps'"),
    value("exercise", ("pass", "minimum", "empathy", "median"), "5.5", "'median' cannot be '5.5'", "at most 5"),
    Broken(
        "exercise key in capitals",
        "exercise",
        lambda s: s.key(("pass", "minimum", "non_judgment"), "Non-Judgment"),
        (
            Said(
                ("pass", "minimum", "non_judgment"), ("the key 'Non-Judgment' cannot be used", "such as 'non-judgment'")
            ),
        ),
    ),
    value("exercise", (*MUST, "when", "code"), "Confidentiality", "'code' cannot be", "such as 'confidentiality'"),
    value("exercise", ("pass", "must", 1, "when", "code", 1), "Other One", "item 2 of 'code'", "such as 'other_one'"),
    rest("exercise", ("pass", "must", 2, "when"), "{code: []}", "'code' is empty; it needs at least one"),
    value("exercise", ("pass", "must_not", 1, "when", "rupture_open"), "false", "can only be true; leave it out"),
    rest(
        "exercise", ("pass", "must_not", 0, "when"), "{code: advice, mark: goal}", "needs exactly one of", "code, mark"
    ),
    value("exercise", ("attempts", "counts"), "beste", "did you mean 'best'?"),
]

SENSE = [
    # Mistakes of sense: values that are well-formed and do not fit together.
    value("persona", ("core",), "the_wich", "no disclosure has the id 'the_wich'", "did you mean 'the_wish'?"),
    value("persona", ("disclosures", 1, "needs", "after", 0), "nigths", "'nigths'", "did you mean 'nights'?"),
    value("persona", ("disclosures", 2, "needs", "after", 0), "less_alone", "'less_alone' waits for itself"),
    value("persona", ("id",), "bert", "the id is 'bert' but the file is called anna.yaml"),
    value("rubric", ("codes", 1, "id"), "open_question", "the id 'open_question' is already taken in codes"),
    value("exercise", ("pass", "must", 1, "id"), "confidentiality", "'confidentiality' is already taken in must"),
    value("exercise", ("pass", "least_turns"), "20", "it could never be passed: there are 8 turns", "asks for 20"),
]

NAMES = [
    # Names of things in other files.
    value(
        "exercise", ("pass", "must", 0, "when", "code"), "confidentialty", "'core' has no code", "'confidentiality'?"
    ),
    value(
        "exercise", ("pass", "must", 1, "when", "code", 1), "complex_reflexion", "did you mean 'complex_reflection'?"
    ),
    Broken(
        "exercise unknown criterion",
        "exercise",
        lambda s: s.key(("pass", "minimum", "empathy"), "empaty"),
        (Said(("pass", "minimum", "empathy"), ("'core' has no criterion 'empaty'", "did you mean 'empathy'?")),),
    ),
    rest("exercise", ("pass", "must", 2, "when"), "{disclosed: insomnai}", "'maya' has no disclosure", "'insomnia'?"),
    rest(
        "exercise", ("pass", "must_not", 0, "when"), "{level_below: {bondary_keeping: 2}}", "did you mean 'boundary_k"
    ),
]


def problems_of(folder: Path, kind: str, sheet: Sheet) -> tuple[list[Problem], Path]:
    file = folder / FOLDERS[kind] / f"{MINE}.yaml"  # type: ignore[index]
    file.write_text(sheet.text, encoding="utf8")
    return Library([folder]).check_file(file), file


def is_said(problems: list[Problem], line: int, words: tuple[str, ...]) -> bool:
    return any(problem.line == line and all(word in problem.message for word in words) for problem in problems)


@pytest.mark.parametrize("kind", ["persona", "rubric", "exercise"])
def test_the_starting_file_is_sound(kind: str, folder: Path, starting: dict[str, str]) -> None:
    assert problems_of(folder, kind, Sheet(starting[kind]))[0] == []


@pytest.mark.parametrize("broken", [*FORM, *SENSE, *NAMES], ids=lambda broken: broken.name)
def test_a_mistake_is_said_at_its_line(broken: Broken, folder: Path, starting: dict[str, str]) -> None:
    sound = Sheet(starting[broken.kind])
    problems, file = problems_of(folder, broken.kind, broken.edit(sound))
    for said in broken.said:
        assert is_said(problems, sound.line(said.way), said.words), problems
    assert len(problems) == len(broken.said), problems
    assert {problem.path for problem in problems} == {file}
    for problem in problems:
        assert str(problem) == f"{file}:{problem.line}: {problem.message}"
        assert len(str(problem).splitlines()) == 1


@pytest.mark.parametrize("kind", ["persona", "rubric", "exercise"])
@pytest.mark.parametrize("table", [FORM, SENSE, NAMES], ids=["form", "sense", "names"])
def test_all_mistakes_are_said_at_once(table: list[Broken], kind: str, folder: Path, starting: dict[str, str]) -> None:
    mistakes = [broken for broken in table if broken.kind == kind]
    sound = broken_all = Sheet(starting[kind])
    for broken in mistakes:
        lines, changed = broken_all.text.split("\n"), broken.edit(sound).text.split("\n")
        different = [place for place, line in enumerate(sound.text.split("\n")) if line != changed[place]]
        broken_all = Sheet("\n".join(changed[n] if n in different else line for n, line in enumerate(lines)))
    problems, _ = problems_of(folder, kind, broken_all)
    for broken in mistakes:
        for said in broken.said:
            assert is_said(problems, sound.line(said.way), said.words), (broken.name, problems)
