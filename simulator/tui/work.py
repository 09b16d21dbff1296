"""What the desk does for the screens: one call of the core each, on the thread of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.content.authored import STAGE_NAMES, Feedback
from simulator.content.library import Loaded
from simulator.content.rubric import Rubric
from simulator.errors import Problem, StoreError
from simulator.practice import Material, Practice, kept_material
from simulator.practice import find as find_material
from simulator.records.figures import Summary
from simulator.records.summary import summarise
from simulator.session import SelfRating, Session
from simulator.tui import words
from simulator.tui.rows import ClientRow, ExerciseRow, SessionRow, Shelf, when

if TYPE_CHECKING:
    from simulator.scoring.encoder import Encoder
    from simulator.scoring.scorer import Scorer
    from simulator.tui.desk import Desk, Loader


@dataclass(frozen=True)
class Reading:
    """Hold a kept session, its content as it was, and its figures."""

    session: Session
    material: Material
    summary: Summary


def shelf(desk: Desk) -> Shelf:
    """Read what there is to practise with."""
    personas, wrong_personas = desk.library.readable("persona")
    exercises, wrong_exercises = desk.library.readable("exercise")
    _, wrong_rubrics = desk.library.readable("rubric")
    names = {one.value.id: one.value.name for one in personas}
    problems: list[Problem] = sorted([*wrong_personas, *wrong_exercises, *wrong_rubrics])
    return Shelf(
        clients=tuple(
            ClientRow(one.value.id, one.value.name, one.value.presents, one.value.content_warnings) for one in personas
        ),
        exercises=tuple(
            ExerciseRow(
                id=one.value.id,
                title=one.value.title,
                stage=STAGE_NAMES[one.value.stage],
                client=names.get(one.value.persona, one.value.persona),
                turns=one.value.turns,
                feedback=words.FEEDBACK[one.value.feedback],
            )
            for one in exercises
        ),
        problems=tuple(map(str, problems)),
        files=len({problem.path for problem in problems}),
    )


def sessions(desk: Desk) -> list[SessionRow]:
    """List the sessions, newest first."""
    found = desk.store.sessions()
    now = desk.now()
    return [
        SessionRow(
            id=one.id,
            when=when(one.started, now),
            client=one.persona_name,
            exercise=one.exercise,
            turns=one.turns,
            open=one.open,
            passed=one.passed,
        )
        for one in found
    ]


def find(desk: Desk, name: str) -> Material:
    """Find a client or an exercise with all that it needs."""
    material = find_material(desk.library, name)
    # Worked out here, where nobody waits: the rubric's digest is of some thousand lines.
    _ = material.rubric.digest
    return material


def reading(desk: Desk, session_id: str) -> Reading:
    """Read a kept session."""
    session = desk.store.session(session_id)
    material = kept_material(desk.store, session)
    _ = material.rubric.digest
    return Reading(session, material, summarise(session, material.rubric.value))


def begin(desk: Desk, material: Material, scorer: Scorer, seed: int | None, feedback: Feedback | None) -> Practice:
    """Begin a session."""
    from simulator.clients.scripted import Scripted
    from simulator.scoring.topics import Topics

    topics = Topics(material.persona.value, scorer.encoder)
    return Practice.start(material, scorer, topics, Scripted(), desk.store, seed=seed, feedback=feedback, now=desk.now)


def resume(desk: Desk, kept: Reading, scorer: Scorer) -> Practice:
    """Go on with a session."""
    from simulator.clients.scripted import Scripted
    from simulator.scoring.topics import Topics

    topics = Topics(kept.material.persona.value, scorer.encoder)
    return Practice(kept.session, kept.material, scorer, topics, Scripted(), desk.store, now=desk.now)


def rate(desk: Desk, session_id: str, rating: SelfRating) -> None:
    """Keep how the trainee rates a session."""
    desk.store.rate(session_id, rating)


def keep_report(kept: Reading, folder: Path) -> Path:
    """Write the report of a session into a folder, beside earlier ones; raise StoreError where that fails."""
    from simulator.records.report import report

    material = kept.material
    exercise = material.exercise.value if material.exercise else None
    text = report(kept.session, material.persona.value, material.rubric.value, exercise, "md")
    stem = f"session-{kept.session.id}"
    for count in range(1, 1000):
        path = folder / (f"{stem}.md" if count == 1 else f"{stem}-{count}.md")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(f"the report cannot be written to {path}: {error.strerror or error}") from error
        return path
    raise StoreError(f"there are too many reports of this session in {folder}")


# On the thread that loads.


def exemplars(rubric: Loaded[Rubric]) -> int:
    """Count the texts that are read where a scorer has to be fitted."""
    from simulator.scoring.fit import examples

    rows = examples(rubric)
    return len({row.client for row in rows} | {row.reply for row in rows})


def loader() -> Loader:
    """Return what makes scorers, with one encoder for all of them."""
    encoders: list[Encoder] = []

    def load(rubric: Loaded[Rubric], progress: Callable[[int], None]) -> Scorer:
        from simulator.scoring.encoder import Encoder
        from simulator.scoring.ready import ready_scorer

        if not encoders:
            encoders.append(Encoder())
        return ready_scorer(rubric, encoders[0], progress)

    return load
