"""What the READMEs for educators say is so: files are sound, messages real, keys complete, numbers those of the rules."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
import yaml

from simulator import alliance
from simulator.alliance.advance import LEAVES_RAPPORT
from simulator.alliance.felt import EMPATHY, HURT_BELOW, JUDGED_BELOW, NON_JUDGMENT
from simulator.cli.main import COMMANDS
from simulator.content.library import FOLDERS, KINDS, WALKTHROUGH, Kind, Library, read
from simulator.content.persona import Start
from simulator.content.walkthrough import Walkthrough
from simulator.paths import bundled_folder
from simulator.scoring.fit import LEAST_EXEMPLARS
from simulator.session import Reply, Scores
from simulator.walking import assumed, walk

from .conftest import MINE
from .keys import FORMATS, table
from .test_shipped import practised

READMES = {kind: (bundled_folder() / FOLDERS[kind] / "README.md").read_text(encoding="utf8") for kind in KINDS}
PLAIN = {kind: " ".join(text.split()) for kind, text in READMES.items()}
BLOCKS = [(kind, block) for kind in KINDS for block in re.findall(r"```yaml\n(.*?)```", READMES[kind], re.DOTALL)]
MISTAKES = [
    (kind, wrong, message)
    for kind in KINDS
    for wrong, message in re.findall(
        r"^\| `(.+)` \| `(.+)` \|$",
        READMES[kind].partition("## Common mistakes")[2].partition("\n## ")[0],
        re.MULTILINE,
    )
]


@pytest.mark.parametrize(("kind", "block"), BLOCKS, ids=[kind for kind, _ in BLOCKS])
def test_every_file_in_a_readme_is_sound(kind: Kind, block: str, folder: Path, mine: Library) -> None:
    data = yaml.safe_load(block)
    if data["schema"] == "walkthrough/1":
        name = f"personas/{data['persona']}{WALKTHROUGH}"
    elif data["schema"] == "exemplars/1":
        name = "rubrics/more.yaml"
        rubric = folder / "rubrics" / f"{MINE}.yaml"
        rubric.write_text(rubric.read_text(encoding="utf8") + "\nbank: [more.yaml]\n", encoding="utf8")
    else:
        name = f"{FOLDERS[kind]}/{data['id']}.yaml"
    (folder / name).write_text(block, encoding="utf8")
    assert mine.check_file(folder / name) == []
    assert mine.check()[1] == []


def test_each_readme_shows_a_whole_file() -> None:
    assert {kind for kind, block in BLOCKS if "schema:" in block} == set(KINDS)


class _Unused:
    """A scorer that must not be asked: every reply of the walkthrough says its levels."""

    digest = ""

    def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
        raise AssertionError(reply)


class _HearsNoTopic:
    """What a reply is about plays no part, so that no encoder has to be loaded."""

    def read(self, text: str) -> Reply:
        return Reply(text=text)


def test_the_walkthrough_in_the_readme_goes_as_it_says(folder: Path, mine: Library) -> None:
    file = folder / "personas" / f"{MINE}{WALKTHROUGH}"
    file.write_text(next(block for _, block in BLOCKS if "walkthrough/1" in block), encoding="utf8")
    walkthrough, _ = read(file, Walkthrough)
    assert walkthrough is not None
    persona = mine.persona(walkthrough.value.persona).value
    for way in walkthrough.value.walks:
        assert list(walk(persona, way, _Unused(), _HearsNoTopic())) == []


def spoilt(text: str, wrong: str) -> str:
    """Put a line with a mistake in the place of the sound one that is most like it, or at the end where there is none."""
    lines = text.split("\n")

    def key(line: str) -> str:
        return line.strip().removeprefix("- ").partition(":")[0]

    def shape(line: str) -> str:
        return line.partition(":")[2].strip()[:1] if line.partition(":")[2].strip()[:1] in "{[" else "word"

    if wrong.startswith("- "):
        places = [n for n, line in enumerate(lines) if line.lstrip().startswith('- "')]
    else:
        known = [key(line) for line in lines if not line.lstrip().startswith("#")]
        close = difflib.get_close_matches(key(wrong), known, n=1, cutoff=0.8)
        places = [n for n, line in enumerate(lines) if close and key(line) == close[0]]
        places.sort(key=lambda n: shape(lines[n]) != shape(wrong))
    if not places:
        return f"{text}\n{wrong}\n"
    before = re.match(r"\s*(?:- (?=\w))?", lines[places[0]])
    assert before
    lines[places[0]] = before.group() + wrong
    return "\n".join(lines)


@pytest.mark.parametrize(("kind", "wrong", "message"), MISTAKES)
def test_every_quoted_message_is_said(
    kind: Kind, wrong: str, message: str, folder: Path, mine: Library, starting: dict[str, str]
) -> None:
    file = folder / FOLDERS[kind] / f"{MINE}.yaml"
    assert mine.check_file(file) == []
    file.write_text(spoilt(starting[kind], wrong), encoding="utf8")
    found = [problem.message for problem in mine.check_file(file)]
    assert any(message in one for one in found), found


@pytest.mark.parametrize("kind", KINDS)
def test_mistakes_are_listed(kind: Kind) -> None:
    rows = [row for row in MISTAKES if row[0] == kind]
    section = READMES[kind].partition("## Common mistakes")[2].partition("\n## ")[0]
    assert len(rows) == len([line for line in section.splitlines() if line.startswith("| ")]) - 1 >= 8


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("persona", "persona"),
        ("persona", "walkthrough"),
        ("rubric", "rubric"),
        ("rubric", "exemplars"),
        ("exercise",) * 2,
    ],
)
def test_every_key_is_listed_as_the_schema_explains_it(kind: Kind, name: str) -> None:
    """Write it anew with ``python -m tests.content.keys NAME`` when a model has changed."""
    assert table(FORMATS[name]) in READMES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_commands_exist(kind: Kind) -> None:
    quoted = re.findall(r"`simulator (\w+)", READMES[kind])
    assert {"new", "check", "schema"} <= set(quoted) <= COMMANDS.keys()
    assert f"`simulator new {kind} " in READMES[kind]
    assert f"`simulator schema {kind} > {kind}.schema.json`" in PLAIN[kind]
    assert f"# yaml-language-server: $schema=../{kind}.schema.json" in READMES[kind]


def test_the_numbers_of_the_rules(mine: Library) -> None:
    persona = mine.persona(MINE).value
    after_ten = {level: round(practised(persona, 10, empathy=level)[-1].trust, 1) for level in (3.0, 4.0)}
    for said in (
        f"Trust usually begins at {Start().trust}.",
        f"(level 4) brings about +{EMPATHY[3]}",
        f"(level 1) costs {NON_JUDGMENT[0]}.",
        f"trust has reached {LEAVES_RAPPORT},",
        f"Ten such good replies lead to about {after_ten[4.0]}, ten that",
        f"(level 3) to about {after_ten[3.0]}.",
    ):
        assert said in PLAIN["persona"], said


def test_the_numbers_of_the_rubric(library: Library) -> None:
    cues = {cue.id: cue for cue in library.rubric("core").value.criterion("empathy").cues}
    assert f"Fewer than {LEAST_EXEMPLARS} exemplars" in PLAIN["rubric"]
    assert f"leaves no more than a {cues['at_least'].caps:g} in the core rubric" in PLAIN["rubric"]


def test_the_order_in_which_the_client_answers(mine: Library) -> None:
    """The README's list is the order of the rules: each reply here would also earn what stands lower in the list."""
    persona = mine.persona(MINE).value
    told = alliance.begin(persona, trust=0.5, disclosed=("nights",))
    text = Reply(text="And your mother?", topics={"mother": 0.9})

    def said(levels: dict[str, float], *codes: str, probe: str | None = None) -> str:
        state = told.model_copy(update={"turn": 9, "probe": probe})
        return alliance.advance(persona, state, assumed(levels, codes), text).cue.sources[-1]

    good = {"empathy": 4.0, "non_judgment": 3.0}
    assert said(good, "limit", probe="your_number") == "probes.your_number.held"
    assert said(good | {"non_judgment": (1 + JUDGED_BELOW) / 2}) == "reactions.judged"
    assert said({"empathy": 3.0, "non_judgment": 3.0}, "advice") == "reactions.advised"
    assert said(good) == "disclosures.mother.lines"
    assert said(good | {"empathy": (1 + HURT_BELOW) / 2}) == "disclosures.mother.decline"
