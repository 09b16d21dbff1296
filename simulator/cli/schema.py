"""``simulator schema``: the JSON Schema of an authored format."""

from __future__ import annotations

import json

import click

from simulator.content.library import KINDS, schema


@click.command("schema")
@click.argument("kind", type=click.Choice([*KINDS, "walkthrough", "exemplars"]))
def command(kind: str) -> None:
    """Print the JSON Schema of a KIND of file, for editors that complete and explain keys."""
    click.echo(json.dumps(schema(kind), indent=2, ensure_ascii=False))
