"""``simulator sessions``: what was kept."""

from __future__ import annotations

import json

import click

from simulator import paths


@click.command("sessions")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def command(database: str | None, as_json: bool) -> None:
    """List the sessions that were kept, the newest first."""
    from simulator.records.store import Store

    with Store(database or paths.database_url()) as store:
        found = store.sessions()
    if as_json:
        click.echo(json.dumps([one.model_dump() for one in found], indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("No sessions yet: simulator practice maya begins one.", err=True)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("session", "begun (UTC)", "client", "exercise", "turns", "state"):
        table.add_column(title)
    for one in found:
        state = "open" if one.open else {True: "passed", False: "not passed", None: "ended"}[one.passed]
        cells = [
            one.id,
            one.started[:16].replace("T", " "),
            one.persona_name,
            one.exercise or "–",
            str(one.turns),
            state,
        ]
        table.add_row(*map(Text, cells))
    Console().print(table)
