"""The entry point: finds the command, runs it, and turns errors into a message and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from simulator import __version__
from simulator.errors import SimulatorError

COMMANDS = {
    "practice": "Talk with a client, or do an exercise.",
    "sessions": "List the sessions that were kept.",
    "report": "Write a session's report.",
    "score": "Score replies, JSON lines in and out.",
    "check": "Check personas, rubrics and exercises.",
    "new": "Begin a persona, rubric or exercise of your own.",
    "schema": "Print the JSON Schema that editors complete from.",
}


class Commands(click.Group):
    """Import a command's module only when it is called, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of a trainee's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module: Any = importlib.import_module(f"simulator.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, invoke_without_command=True, context_settings={"auto_envvar_prefix": "SIMULATOR"})
@click.version_option(__version__, package_name="counselling-simulator")
@click.option(
    "--database", metavar="URL", help="Where sessions are kept; a file of SQLite in your data folder by default."
)
@click.pass_context
def simulator(ctx: click.Context, database: str | None) -> None:
    """Practise counselling with a client who opens up to empathy and closes to judgment.

    Without a command, the app opens. A formative aid: not for assessing fitness to practise, and never a tool for
    treating anyone.
    """
    ctx.obj = database
    if ctx.invoked_subcommand is None:
        from simulator.tui.app import run_app

        ctx.exit(run_app(database=database))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; explain a known failure in one message and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # What a client or a trainee says must never stop the program, whatever the terminal can show.
            stream.reconfigure(errors="backslashreplace")
    if hasattr(sys.stdin, "reconfigure"):
        # Nor must a file of replies that is in another encoding.
        sys.stdin.reconfigure(errors="replace")
    try:
        code = simulator.main(args=arguments, prog_name="simulator", standalone_mode=False)
        # Outside standalone mode click returns the code of ctx.exit instead of exiting with it.
        sys.exit(code if isinstance(code, int) else 0)
    except SimulatorError as error:
        click.echo(f"simulator: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has left, as `head` does: no fault of ours, and nothing to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
