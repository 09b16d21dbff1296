"""``simulator practice``: straight into a session, in the app or in plain text."""

from __future__ import annotations

import sys
from typing import Any

import click

from simulator.content.authored import Feedback


@click.command("practice")
@click.argument("name", required=False, metavar="[PERSONA|EXERCISE]")
@click.option("--client", type=click.Choice(["scripted"]), default="scripted", help="What finds the client's words.")
@click.option("--feedback", type=click.Choice(["full", "request", "end", "none"]), help="When feedback is shown.")
@click.option(
    "--seed", type=click.IntRange(0), help="The seed of the client's choices; the same gives the same session."
)
@click.option("--plain", is_flag=True, help="Read replies from standard input, one a line, without the app.")
@click.option("--resume", metavar="SESSION", help="Go on with a session that is still open.")
@click.pass_obj
def command(
    database: str | None,
    name: str | None,
    client: str,
    feedback: Feedback | None,
    seed: int | None,
    plain: bool,
    resume: str | None,
) -> None:
    """Talk with a client, or do an exercise.

    With --plain: an empty line is silence, /undo takes the last exchange back, /end ends the session and shows the debrief.
    """
    if feedback == "none":
        raise click.UsageError("only an exercise can turn feedback off: practice without it makes people worse")
    if name and resume:
        raise click.UsageError("name a client or an exercise, or resume a session, not both")
    if plain:
        if not name and not resume:
            raise click.UsageError("with --plain, name a client or an exercise, or use --resume SESSION")
        from simulator.cli.plain import converse

        converse(database, name, resume, feedback, seed, sys.stdin)
        return
    from simulator.tui.app import run_app

    options: dict[str, Any] = {
        "start": name,
        "database": database,
        "seed": seed,
        "feedback": feedback,
        "resume": resume,
    }
    sys.exit(run_app(**options))
