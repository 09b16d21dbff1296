"""What is shipped for educators: content, schemas, starting files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from simulator import alliance
from simulator.cli import main
from simulator.content.authored import STAGE_MARKS, STAGES
from simulator.content.library import FOLDERS, KINDS, Kind, Library, schema
from simulator.content.persona import Persona
from simulator.content.starting import starting_text
from simulator.errors import UsageError
from simulator.paths import bundled_folder
from simulator.scoring.fit import LEAST_EXEMPLARS, examples
from simulator.session import ClientState, Reply
from simulator.walking import assumed

from .conftest import MINE
from .keys import FORMATS, unwrapped

# Content.


def test_everything_shipped_is_sound(library: Library) -> None:
    count, problems = library.check()
    assert problems == []
    assert count > len(KINDS)


def test_every_yaml_file_shipped_is_checked(library: Library) -> None:
    files = [file for folder in FOLDERS.values() for file in (bundled_folder() / folder).rglob("*.y*ml")]
    assert {file.suffix for file in files} == {".yaml"}
    assert {str(problem) for file in files for problem in library.check_file(file)} == set()


def test_a_shipped_persona_can_do_all_stages(library: Library) -> None:
    """A free session can only go on to the next stage where a disclosure settles what the stage needs."""
    for name in library.files("persona"):
        marks = {disclosure.marks for disclosure in library.persona(name).value.disclosures}
        needed = {mark for stage in STAGES for mark in STAGE_MARKS[stage]} - {"confidentiality"}
        assert needed <= marks, name


# Schemas.


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for part in unwrapped(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models(part)


@pytest.mark.parametrize("name", FORMATS)
def test_every_key_is_explained_in_the_schema(name: str) -> None:
    found = schema(name)
    definitions = {str(part["title"]): part for part in [found, *found["$defs"].values()]}
    for model in models(FORMATS[name]):
        properties = definitions[model.__name__]["properties"]
        for field_name, field in model.model_fields.items():
            described = properties[field.alias or field_name].get("description", "")
            assert described == field.description
            assert described.strip().endswith((".", "…")), (model.__name__, field_name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_closes_what_the_loader_closes(kind: Kind) -> None:
    found = schema(kind)
    for part in [found, *found["$defs"].values()]:
        if part.get("type") == "object":
            assert part["additionalProperties"] is False


# Starting files.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["anna", "first-steps", "a_1", "true", "null", "no", "x" * 60])
def test_a_starting_file_is_sound_under_any_id(kind: Kind, name: str, folder: Path, mine: Library) -> None:
    text = starting_text(kind, name)
    file = folder / FOLDERS[kind] / f"{name}.yaml"
    file.write_text(text, encoding="utf8")
    assert mine.check_file(file) == []
    assert "{{" not in text.replace("{{ id }}", "")
    assert "{%" not in text


@pytest.mark.parametrize("name", ["", "Anna", "1a", "a b", "../a", "a.yaml", "é", "x" * 61, "a\n"])
def test_what_cannot_be_an_id_makes_no_file(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be an id"):
        starting_text("persona", name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_starting_file_explains_itself(kind: Kind, starting: dict[str, str]) -> None:
    """Every part is there with at least one line, and every part at the top has words beside or above it."""
    text = starting[kind]
    assert f"simulator check {FOLDERS[kind]}/{MINE}.yaml" in text
    assert text.count("#") >= text.count("\n") / 6
    data = yaml.safe_load(text)
    optional = {"start"} if kind == "exercise" else {"bank"}
    keys = {field.alias or name for name, field in FORMATS[kind].model_fields.items()}
    assert keys - data.keys() <= optional


def test_the_starting_persona_has_a_line_for_everything(mine: Library) -> None:
    persona = mine.persona(MINE).value
    sources = [f"reactions.{name}" for name in type(persona.reactions).model_fields]
    sources += [f"ending.{name}" for name in type(persona.ending).model_fields]
    sources += [f"stages.{stage}.{part}" for stage in STAGES for part in ("opening", "nudges")]
    for sore in persona.sensitivities:
        sources += [f"sensitivities.{sore.id}.{part}" for part in ("lines", "strained", "repair.lines")]
    for probe in persona.probes:
        sources += [f"probes.{probe.id}.{part}" for part in ("lines", "held", "crossed", "cold", "avoided")]
    for source in sources:
        assert persona.lines(source), source
    assert 3 <= len(persona.disclosures) <= 4
    assert len(persona.sensitivities) == len(persona.probes) == 1


def practised(persona: Persona, turns: int, *codes: str, empathy: float = 4.0) -> list[ClientState]:
    """Give the same reply again and again."""
    good = assumed({"empathy": empathy, "non_judgment": 3.0}, codes)
    states = [alliance.begin(persona)]
    for _ in range(turns):
        states.append(alliance.advance(persona, states[-1], good, Reply(text="You carry that alone.")).state)
    return states


def test_the_starting_persona_can_be_heard_out(mine: Library) -> None:
    persona = mine.persona(MINE).value
    last = practised(persona, 20, "confidentiality", "limit")[-1]
    assert set(last.disclosed) == {disclosure.id for disclosure in persona.disclosures}
    assert last.probed == tuple(probe.id for probe in persona.probes)
    assert STAGES.index(last.stage) > STAGES.index("exploring")


def test_the_starting_persona_keeps_the_core_from_who_does_not_listen(mine: Library) -> None:
    persona = mine.persona(MINE).value
    poor = assumed({"empathy": 2.0, "non_judgment": 3.0}, ("open_question", "confidentiality"))
    state = alliance.begin(persona)
    for _ in range(20):
        state = alliance.advance(persona, state, poor, Reply(text="And then?", topics={persona.core: 0.9})).state
    assert persona.core not in state.disclosed


def test_the_starting_rubric_can_be_learned_from(mine: Library) -> None:
    """With fewer exemplars, or all at one level, ``simulator score`` would score nothing."""
    loaded = mine.rubric(MINE)
    rows = examples(loaded)
    for criterion in loaded.value.criteria:
        levels = [row.levels[criterion.id] for row in rows if criterion.id in row.levels]
        assert len(levels) >= LEAST_EXEMPLARS
        assert {round(level) for level in levels} == {1, 2, 3, 4, 5}
    for code in loaded.value.codes:
        assert len(code.exemplars) >= 3


# The commands that the comments and READMEs name.


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line; return its exit code and what it wrote to stdout."""

    def run(*arguments: str) -> tuple[int, str]:
        code: int | str | None = 0
        try:
            main(list(arguments))
        except SystemExit as done:
            code = done.code
        assert isinstance(code, int)
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_new_then_check(kind: Kind, here: Path, run: Run) -> None:
    name = f"{FOLDERS[kind]}/my-own.yaml"
    assert run("new", kind, "my-own") == (0, f"{name}\n")
    assert run("check", name) == (0, "")
    assert run("new", kind, "my-own") == (2, ""), "what somebody has written is not written over"
    assert (here / name).read_text(encoding="utf8") == starting_text(kind, "my-own")


def test_check_says_path_and_line(here: Path, run: Run) -> None:
    run("new", "persona", "my-own")
    file = here / "personas" / "my-own.yaml"
    text = file.read_text(encoding="utf8")
    file.write_text(text.replace("pronouns: he", "pronouns: hee", 1), encoding="utf8")
    line = text[: text.index("pronouns:")].count("\n") + 1
    _, out = run("check", "personas")
    assert out.startswith(f"personas/my-own.yaml:{line}: 'pronouns' cannot be 'hee'; did you mean 'he'?")
    assert len(out.splitlines()) == 1


def test_check_exits_with_1_where_there_are_problems(here: Path, run: Run) -> None:
    (here / "wrong.yaml").write_text("schema: persona/1\n", encoding="utf8")
    assert run("check", "wrong.yaml")[0] == 1


@pytest.mark.parametrize("name", FORMATS)
def test_schema_is_json(name: str, run: Run) -> None:
    code, out = run("schema", name)
    assert code == 0
    assert json.loads(out) == schema(name)
