"""Reports hold everything, and hold it as text."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from simulator.content.rubric import Rubric
from simulator.records.plain_text import inline, visible
from simulator.records.report import report
from simulator.records.summary import summarise
from simulator.session import Event, ItemOutcome, Rupture, Session, Utterance, Verdict

from .builders import ended, exchange, exercise, persona, rubric, score, session, sessions

READER = MarkdownIt("gfm-like")
NASTY = (
    "# heading\n\n- [a](http://b.org) | `code` <script>alert(1)</script> ![x](y) **bold** ~~gone~~ \x1b[31mred\x9b0m"
    " {{ 7 * 7 }}"
)
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _markdown(found: Session, **changes: object) -> str:
    return report(found, persona(), rubric(), exercise(**changes) if found.exercise else None, "md")


def _kinds(markdown: str) -> dict[str, int]:
    """Count the tokens of each kind that a reader makes of a text."""
    counts: dict[str, int] = {}
    for block in READER.parse(markdown):
        for token in [block, *(block.children or [])]:
            counts[token.type] = counts.get(token.type, 0) + 1
    return counts


def _full() -> Session:
    told = (Event(kind="told", about="nights", reason="it felt safe"), Event(kind="trust", change=0.08, reason="heard"))
    broken = (Event(kind="rupture", about="lectured", reason="withdrawal: her father lectured"),)
    stage = (Event(kind="stage", about="exploring", reason="establishing rapport is done: exploring the problem"),)
    rupture = Rupture(sensitivity="lectured", shows_as="withdrawal", trust_before=0.3, since=3)
    turns = [
        exchange(1, {"empathy": 3.0, "non_judgment": 3.0}, codes=("open_question",), events=told, trust=0.28),
        exchange(2, {"empathy": None, "non_judgment": None}, counsellor=""),
        exchange(
            3, {"empathy": 1.0, "non_judgment": 2.0}, counsellor="You should sleep.", events=broken, rupture=rupture
        ),
        exchange(
            4, {"empathy": 4.5, "non_judgment": 3.5}, codes=("complex_reflection",), events=stage, disclosed=("nights",)
        ),
    ]
    items = (
        ItemOutcome(id="ask", say="Explain confidentiality", met=True, starred=True, why="turn 1"),
        ItemOutcome(id="advice", say="No advice", met=False, starred=False, why="turn 3 advises"),
    )
    whole = session(*turns, exercise="first", exercise_digest="digest-of-first")
    return ended(whole, verdict=Verdict(passed=False, items=items))


def test_the_markdown_report_holds_everything() -> None:
    written = _markdown(_full())
    for line in (
        "# Session with Maya: First meeting",
        "**A formative aid.** Maya is invented.",
        "**Not passed**",
        "- ✓ **Explain confidentiality** ★: turn 1",
        "- ✗ **No advice**: turn 3 advises",
        "★ decides whether the exercise is passed.",
        "**Keep doing** what you did in turn 4 (empathy, 4.5 adds): it names the feeling",
        "**Try next** (empathy): Mind empathy.",
        "1 of 4 replies had no level on any criterion and count for nothing below.",
        "| 1 hurts | ▰▰▰▱▱▱▱▱▱▱ | 33 % (1) |",
        "- Half of the scored replies reach 3 matches; 33 % are below 3, the least to offer.",
        "- Trend: too few scored replies to tell.",
        "- Your own rating: 4.",
        "- Not scored: 1 too short to judge.",
        "**Worst moment**, turn 3, 1 hurts: it names the feeling",
        "**Best moment**, turn 4, 4.5 adds: it names the feeling",
        "- Reflections to questions: 1 to 1 (1 to 1; 1 to 1 is fair, 2 to 1 is good)",
        "- Complex reflections: 100 % of the reflections (40 % is fair, 50 % is good)",
        "- Silences: 1",
        "- Trust: from 0.2 to 0.2; lowest 0.2, highest 0.28",
        "  - turn 4: exploring the problem (establishing rapport is done: exploring the problem)",
        f"- Disclosures: 1 of {len(persona().disclosures)} told",
        "  - turn 1: nights (it felt safe)",
        "- Ruptures: 1",
        "  - turn 3: lectured (withdrawal: her father lectured)",
        "- Repairs: none",
        "### Turn 3",
        "> You should sleep.",
        "> *(says nothing)*",
        "- **empathy** 1 hurts: it names the feeling",
        "  - “dread” raises it",
        "- **empathy** not scored (too short to judge): there is too little to judge",
        "- **noticed**: reflection, complex reflection",
        "- **trust +0.08**: heard",
        "- **disclosed nights**: it felt safe",
        "> Bye.",
        "1. What did you hold back?",
        "- session s1, seed 7, client's words by scripted, feedback full",
        "- persona maya, digest-of-maya",
        "- rubric core, digest-of-core",
        "- exercise first, digest-of-first",
        "- scorer digest-of-scorer",
    ):
        assert line in written, line
    assert written.index("You should sleep.") < written.index("## Transcript") < written.rindex("You should sleep.")
    assert "\n\n\n" not in written
    assert re.search(r"The counsellor's share of the words: \d+ % \(17 of \d+\)", written)


def test_the_markdown_report_reads_as_what_it_is() -> None:
    kinds = _kinds(_markdown(_full()))
    assert kinds["table_open"] == 2
    assert kinds["tr_open"] == 12
    assert kinds["hr"] == 1
    assert not {"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "code_block"} & set(kinds)


def test_a_rupture_that_stays_open_and_a_session_that_goes_on_are_said() -> None:
    rupture = Rupture(sensitivity="lectured", shows_as="withdrawal", trust_before=0.3, since=1)
    written = _markdown(session(exchange(1, rupture=rupture)))
    assert "one rupture is still open" in written
    assert "still open" in written.splitlines()[2]
    assert "## Exercise" not in written
    assert "Last words" not in written


def test_a_session_without_turns_has_a_report() -> None:
    written = _markdown(session(exercise="first"))
    assert "No reply could be scored." in written
    assert "There is no verdict yet." in written


@pytest.mark.parametrize("format", ["md", "json"])
def test_reports_are_the_same_bytes_each_time(format: str) -> None:  # noqa: A002 - named after what it is given to
    assert format in ("md", "json")
    first, second = (report(_full(), persona(), rubric(), exercise(), "md" if format == "md" else "json") for _ in "12")
    assert first == second
    assert first.endswith("\n")


def _everywhere(text: str) -> tuple[Session, Rubric, dict[str, object], dict[str, str]]:
    """Put one text wherever people, YAML or a model can put one."""
    event = Event(kind="told", about=text, reason=text)
    turn = exchange(1, counsellor=text, client=text, events=(event, Event(kind="rupture", about=text, reason=text)))
    words = score(4.0, reason=text)
    words = words.model_copy(update={"evidence": (words.evidence[0].model_copy(update={"text": text}),)})
    scores = turn.scores.model_copy(update={"codes": {text: 0.9}, "criteria": {"empathy": words, text: words}})
    item = ItemOutcome(id="a", say=text, met=True, starred=False, why=text)
    said = Utterance(text=text)
    whole = ended(
        session(turn.model_copy(update={"scores": scores}), opening=said, exercise="first", engine=text, id=text),
        closing=said,
        verdict=Verdict(passed=True, items=(item,)),
    )
    plain = rubric()
    level_words = plain.criteria[0].words.model_copy(update={"one": text, "four": text})
    first = plain.criteria[0].model_copy(update={"name": text, "goal": text, "words": level_words})
    codes = [plain.codes[0].model_copy(update={"id": text, "name": text})]
    changed = plain.model_copy(update={"criteria": (first, plain.criteria[1]), "codes": tuple(codes)})
    return whole, changed, {"title": text, "task": text, "reflection": [text]}, {"name": text}


def _report_with(text: str) -> str:
    whole, marked, task, name = _everywhere(text)
    return report(whole, persona().model_copy(update=name), marked, exercise(**task), "md")


def test_nothing_that_people_write_becomes_markup() -> None:
    """The report has the same headings, lists and tables as with harmless words in the same places."""
    written, harmless = _report_with(NASTY), _report_with("harmless\n\nwords")
    # How many pieces of text a line breaks up into says nothing.
    pieces = {"text", "text_special", "softbreak", "hardbreak"}
    assert {k: n for k, n in _kinds(written).items() if k not in pieces} == {
        k: n for k, n in _kinds(harmless).items() if k not in pieces
    }
    assert written.count("alert") == harmless.count("harmless")
    assert "49" not in written
    assert not RAW.search(written)
    assert str(inline(NASTY)) in written
    assert "␛" in written


@settings(max_examples=40, deadline=None)
@given(sessions())
def test_any_session_has_both_reports(found: Session) -> None:
    written = report(found, persona(), rubric(), None, "md")
    assert not RAW.search(written)
    kinds = _kinds(written)
    assert not {"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "code_block"} & set(kinds)
    shown = "".join(token.content for block in READER.parse(written) for token in block.children or [])
    for turn in found.exchanges:
        for line in visible(turn.counsellor).split("\n"):
            assert line.strip() in shown
    plain = report(found, persona(), rubric(), None, "json")
    assert not RAW.search(plain)
    whole = json.loads(plain)
    assert whole.pop("schema") == "session/1"
    assert whole.pop("summary") == json.loads(summarise(found, rubric()).model_dump_json())
    assert Session.model_validate(whole) == found


def test_the_json_report_keeps_words_legible() -> None:
    written = report(session(exchange(1, counsellor="naïve 日本語\x9b\u202e")), persona(), rubric(), None, "json")
    assert '"counsellor": "naïve 日本語\\u009b\\u202e"' in written
