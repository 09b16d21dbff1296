"""The plain front end: the same session as in the app, a line at a time."""

from __future__ import annotations

from collections.abc import Iterable

import click

from simulator import paths
from simulator.clients.scripted import Scripted
from simulator.content.authored import STAGE_NAMES, Feedback
from simulator.content.library import Library
from simulator.content.rubric import Rubric
from simulator.errors import ReplyError, UsageError
from simulator.practice import Practice, find, kept_material
from simulator.records.report import report
from simulator.records.store import Store
from simulator.scoring.encoder import Encoder
from simulator.scoring.ready import ready_scorer
from simulator.scoring.topics import Topics
from simulator.session import Exchange


def converse(
    database: str | None,
    name: str | None,
    resume: str | None,
    feedback: Feedback | None,
    seed: int | None,
    replies: Iterable[str],
) -> None:
    """Hold a session: the client's words and the feedback on standard output, everything else on standard error."""
    library = Library()
    material = find(library, name) if name else None
    with Store(database or paths.database_url()) as store:
        session = store.session(resume) if resume else None
        if session and session.ended:
            raise UsageError(f"the session {session.id} is over; simulator report {session.id} shows it")
        if session:
            material = kept_material(store, session)
        assert material is not None
        click.echo("Getting ready to listen…", err=True)
        encoder = Encoder()
        scorer, topics = ready_scorer(material.rubric, encoder), Topics(material.persona.value, encoder)
        engine = Scripted()
        if session:
            practice = Practice(session, material, scorer, topics, engine, store)
        else:
            practice = Practice.start(material, scorer, topics, engine, store, seed=seed, feedback=feedback)
        click.echo(f"session {practice.session.id}", err=True)
        _talk(practice, replies)
        click.echo("")
        persona, rubric = material.persona.value, material.rubric.value
        exercise = material.exercise.value if material.exercise else None
        click.echo(report(practice.end(), persona, rubric, exercise, "md"))


def _talk(practice: Practice, replies: Iterable[str]) -> None:
    called = practice.material.persona.value.name
    click.echo(f"{called}: {_visible(practice.session.last_words)}")
    if practice.over:
        # It was stopped between the client's goodbye and the end of the session.
        return
    for line in replies:
        text = line.rstrip("\r\n")
        if text.strip() == "/end":
            return
        try:
            if text.strip() == "/undo":
                practice.undo()
                click.echo(f"(taken back)\n{called}: {_visible(practice.session.last_words)}")
                continue
            exchange = practice.take_turn(text)
        except (ReplyError, UsageError) as error:
            click.echo(f"simulator: {error}", err=True)
            continue
        click.echo(f"{called}: {_visible(exchange.client.text)}")
        if practice.session.feedback == "full":
            for said in feedback_lines(exchange, practice.material.rubric.value):
                click.echo(f"    {_visible(said)}")
        if practice.over:
            click.echo("The session is over.", err=True)
            return


def feedback_lines(exchange: Exchange, rubric: Rubric) -> list[str]:
    """Say what was seen in a reply: a line a criterion, and one for the stage and what changed."""
    lines = []
    for criterion in rubric.criteria:
        score = exchange.scores.criteria[criterion.id]
        if score.level is None:
            lines.append(f"{criterion.name}: {score.reason}")
            continue
        words = "".join(f" {'+' if one.effect == 'raises' else '-'}“{one.text}”" for one in score.evidence)
        word = criterion.words[round(score.level)]
        lines.append(f"{criterion.name} {score.level:.1f} {word}: {score.reason}{words}")
    moved = "; ".join(
        event.reason for event in exchange.events if event.kind in ("trust", "rupture", "repair", "stage")
    )
    state = exchange.state
    lines.append(f"{STAGE_NAMES[state.stage]}, trust {state.trust:.2f}{': ' + moved if moved else ''}")
    return lines


def _visible(text: str) -> str:
    """Return text that cannot command a terminal: what is not printable is shown as a symbol."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
