"""The debrief in words: whether it was passed, how the replies were spread, the moments, and what was between the two."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from simulator.content.authored import STAGE_NAMES
from simulator.content.rubric import Rubric
from simulator.records.figures import Happening, Moment, Profile, Summary
from simulator.records.summary import nearest_level
from simulator.session import Session, Verdict
from simulator.tui import between, seen, words
from simulator.tui.glyphs import bar, number, share, spark
from simulator.tui.plain import Part, heading, lines, quiet, said, shown
from simulator.tui.widgets.block import Block, Items
from simulator.tui.work import Reading

CELLS = 20
_TREND = {
    "rising": "rising: your last replies were better than your first",
    "falling": "falling: your last replies were below your first",
    "steady": "steady from first to last",
}


def blocks(reading: Reading) -> Iterator[Block]:
    """Yield what there is to read, one block after the other."""
    session, rubric = reading.session, reading.material.rubric.value
    yield _title(reading)
    if session.verdict:
        exercise = reading.material.exercise
        yield _verdict(session.verdict, {item.id for item in exercise.value.passing.must_not} if exercise else set())
    if session.feedback == "none":
        yield quiet("In this exercise only the items are shown. Your supervisor can read the whole session.")
        yield from _questions(reading)
        return
    summary = reading.summary
    if not any(profile.scored for profile in summary.profiles):
        yield quiet(
            "Nothing you said could be scored, so there is no profile. Short words and silences are not held against you."
        )
    else:
        yield from _profiles(summary, rubric)
        yield from _moments(reading)
        yield _one_thing(summary, rubric)
    yield _talk(reading)
    yield from _between(reading)
    yield from _questions(reading)
    yield lines([quiet("What was seen was seen by a program. " + words.CAUTION)])


def _title(reading: Reading) -> Content:
    session, material = reading.session, reading.material
    name = shown(material.persona.value.name, 60)
    what = material.exercise.value.title if material.exercise else f"Your session with {name}"
    turns = "one reply" if len(session.exchanges) == 1 else f"{len(session.exchanges)} replies"
    ended = {"client": f"{name} ended it", "turns": "all replies were given"}.get(
        session.ended_by or "", "you ended it"
    )
    parts: list[Part] = [(shown(what, 120), "bold $primary"), "\n"]
    parts.append((f"with {name} · {turns} · {ended}", "$quiet"))
    return Content.assemble(*parts)


def _verdict(verdict: Verdict, unwanted: set[str]) -> Block:
    title = ("Passed", "bold $raises") if verdict.passed else ("Not passed this time", "bold $lowers")
    rows: list[tuple[Content, Content]] = []
    for item in verdict.items:
        words_for = ("avoided", "happened") if item.id in unwanted else ("met", "not met")
        sign, style = (f"✓ {words_for[0]}", "bold $raises") if item.met else (f"✗ {words_for[1]}", "bold $lowers")
        star = "★ " if item.starred else "· "
        before = Content.assemble((f"{sign:<11}", style), (star, "$accent"))
        rows.append((before, Content.assemble(shown(item.say), "\n", (shown(item.why), "$quiet"))))
    note = quiet("★ decides; the others are only shown.")
    return Items(lines([Content.styled(*title), note]), rows, 14)


def _profiles(summary: Summary, rubric: Rubric) -> Iterator[Block]:
    yield heading("How your replies were spread")
    for profile in summary.profiles:
        yield _profile(profile, rubric)
    if summary.unscored:
        replies = "One reply was" if summary.unscored == 1 else f"{summary.unscored} replies were"
        yield quiet(f"{replies} too short to judge, and count for nothing here.")


def _profile(profile: Profile, rubric: Rubric) -> Content:
    criterion = rubric.criterion(profile.criterion)
    parts: list[Part] = [(shown(profile.name, 40), "bold")]
    if not profile.scored:
        why = "never at stake" if "not_at_stake" in profile.unscored else "not scored"
        return Content.assemble(*parts, (f"   {why}", "$quiet"))
    replies = "1 reply" if profile.scored == 1 else f"{profile.scored} replies"
    parts.append((f"   {replies}", "$quiet"))
    for level in range(5, 0, -1):
        count = profile.counts[level - 1]
        word = shown(criterion.words[level], 16)
        drawn = share(profile.shares[level - 1], CELLS)
        parts += [
            f"\n  {level} {word:<16} ",
            (drawn, "$accent"),
            " " if drawn else "",
            (str(count), "" if count else "$quiet"),
        ]
    if profile.trend:
        parts.append((f"\n  {_TREND[profile.trend]}", "$quiet"))
    if profile.self_rated:
        parts += ["\n  ", _gap(profile, rubric)]
    return Content.assemble(*parts)


def _gap(profile: Profile, rubric: Rubric) -> Content:
    """Set the trainee's own level beside the middle of the scores."""
    criterion, own = rubric.criterion(profile.criterion), profile.self_rated or 0
    text = f"you rated yourself {own}, {seen.level_word(criterion, own)}"
    if profile.middle is None:
        return Content(text)
    gap = own - profile.middle
    middle = f"half of your replies reach {number(profile.middle)}, {seen.level_word(criterion, profile.middle)}"
    if abs(gap) < 0.75:
        verdict = "close to what was seen"
    else:
        verdict = "kinder to yourself than what was seen" if gap > 0 else "harder on yourself than what was seen"
    return Content.assemble(f"{text}; {middle}: ", (verdict, "bold"))


def _moments(reading: Reading) -> Iterator[Block]:
    summary, rubric = reading.summary, reading.material.rubric.value
    if summary.keep:
        yield _moment("Your best moment", summary.keep, reading, rubric)
    if summary.worst and summary.worst != summary.keep:
        yield _moment("Your hardest moment", summary.worst, reading, rubric)


def _moment(title: str, moment: Moment, reading: Reading, rubric: Rubric) -> Content:
    criterion = rubric.criterion(moment.criterion)
    name = shown(reading.material.persona.value.name, 12)
    parts: list[Part] = [(title, "bold $primary"), (f"   turn {moment.turn}", "$quiet")]
    parts += [
        (f"\n{name}: ", "bold $voice"),
        said(moment.client),
        ("\nYou: ", "bold"),
        shown(moment.counsellor) or "(says nothing)",
    ]
    parts += ["\n", (f"{shown(criterion.name, 40)} ", "$quiet"), (number(moment.level), "bold"), " "]
    parts += [
        (bar(nearest_level(moment.level)), "$accent"),
        f" {seen.level_word(criterion, moment.level)}. {shown(moment.reason)}",
    ]
    return Content.assemble(*parts)


def _one_thing(summary: Summary, rubric: Rubric) -> Content:
    """Give one thing to keep and one to try: no more can be carried into the next session."""
    parts: list[Part] = [("For the next session", "bold $primary")]
    if summary.keep:
        criterion = rubric.criterion(summary.keep.criterion)
        parts += [("\nkeep  ", "bold $raises"), shown(criterion.levels[nearest_level(summary.keep.level)])]
    if summary.try_next:
        parts += [("\ntry   ", "bold $accent"), shown(summary.try_next.goal)]
    return Content.assemble(*parts)


def _talk(reading: Reading) -> Content:
    talk = reading.summary.talk
    name = shown(reading.material.persona.value.name, 60)
    parts: list[Part] = [("Who talked, and how", "bold $primary")]
    if talk.counsellor_share is not None:
        much = "more than the client" if talk.counsellor_share > 0.5 else "less than the client"
        parts.append(f"\nOf all words, {talk.counsellor_share:.0%} were yours: {much}. The rest were {name}’s.")
    if talk.reflections_to_questions is not None:
        ratio = talk.reflections_to_questions
        word = "good" if ratio >= 2 else "fair" if ratio >= 1 else "more questions than reflections"
        parts.append(
            f"\n{_count(talk.reflections, 'reflection')} to {_count(talk.questions, 'question')}: {word}."
            " One to one is fair, two to one is good."
        )
    else:
        parts.append(f"\n{_count(talk.reflections, 'reflection')}, and no question.")
    if talk.complex_share is not None:
        parts.append(f"\nOf your reflections, {talk.complex_share:.0%} went beyond what was said; half is good.")
    if talk.silences:
        parts.append(f"\nYou said nothing {_count(talk.silences, 'time')}.")
    return Content.assemble(*parts)


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}" + ("" if number == 1 else "s")


def _between(reading: Reading) -> Iterator[Block]:
    session, summary = reading.session, reading.summary
    persona = reading.material.persona.value
    state = session.state
    stages = [summary.first_stage, *(stage for one in summary.stages if (stage := one.about))]
    names = {str(stage): name for stage, name in STAGE_NAMES.items()}
    went = " → ".join(names.get(stage, stage) for stage in stages)
    yield Content.assemble(
        ("What was between you", "bold $primary"),
        ("\ntrust   ", "bold"),
        (spark(summary.trust, 60), "$accent"),
        f" from {words.trust(summary.trust[0])} to {words.trust(summary.trust[-1])}",
        ("\nstages  ", "bold"),
        went,
        ("\nbond    ", "bold"),
        f"{words.bond(state.bond)}; goals {words.agreed(state.goals)}, tasks {words.agreed(state.tasks)}",
    )
    if summary.told:
        yield _told(session, summary.told, persona.name)
    yield from _strains(summary)
    rows = [
        (Content.styled(f"turn {one.number}", "$quiet"), happened)
        for one in session.exchanges
        if (happened := between.happened(one, persona))
    ]
    if rows:
        yield Items(heading("Turn by turn, and why"), rows, 9)


def _told(session: Session, told: tuple[Happening, ...], name: str) -> Block:
    rows = [
        (
            Content.styled(f"turn {one.turn}", "$quiet"),
            lines([said(session.exchanges[one.turn - 1].client.text), quiet(one.reason)]),
        )
        for one in told
    ]
    return Items(heading(f"What {shown(name, 60)} told you"), rows, 9)


def _strains(summary: Summary) -> Iterator[Block]:
    if not summary.ruptures:
        return
    both = [(one, "− a rupture", "bold $lowers") for one in summary.ruptures]
    both += [(one, "+ a repair", "bold $raises") for one in summary.repairs]
    rows = [
        (Content.styled(f"turn {one.turn}", "$quiet"), Content.assemble((sign, style), f": {shown(one.reason)}"))
        for one, sign, style in sorted(both, key=lambda item: item[0].turn)
    ]
    if summary.rupture_open:
        after = "The last one was still open at the end. Noticing it aloud, and owning a part, would be a beginning."
    else:
        after = "A rupture that is mended leaves more trust than there was before it."
    rows.append((Content(), quiet(after)))
    yield Items(heading("Ruptures and repairs"), rows, 9)


def _questions(reading: Reading) -> Iterator[Block]:
    exercise = reading.material.exercise
    if exercise and exercise.value.reflection:
        sign = Content.styled("·", "$accent")
        yield Items(heading("To think about"), [(sign, Content(shown(one))) for one in exercise.value.reflection], 2)
