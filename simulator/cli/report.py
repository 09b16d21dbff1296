"""``simulator report``: one session, for a trainee or an educator to keep."""

from __future__ import annotations

from typing import Literal

import click

from simulator import paths


@click.command("report")
@click.argument("session")
@click.option("--format", "form", type=click.Choice(["md", "json"]), default="md", help="Markdown or JSON.")
@click.pass_obj
def command(database: str | None, session: str, form: Literal["md", "json"]) -> None:
    """Write the report of SESSION, named by its id or the beginning of it."""
    from simulator.practice import kept_material
    from simulator.records.report import report
    from simulator.records.store import Store

    with Store(database or paths.database_url()) as store:
        found = store.session(session)
        material = kept_material(store, found)
    exercise = material.exercise.value if material.exercise else None
    click.echo(report(found, material.persona.value, material.rubric.value, exercise, form))
