"""``simulator score``: replies in, levels and codes out, as JSON lines, streaming and in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from simulator.content.library import Library
from simulator.errors import ContentError, StoreError

if TYPE_CHECKING:
    from simulator.scoring.scorer import Pair, Scorer

BLOCK = 1 << 15
"""Bytes read at once: some hundred rows, which are scored together."""


@click.command("score")
@click.option(
    "--input", "source", type=click.Path(path_type=Path), help="JSON lines to read; standard input by default."
)
@click.option("--output", "target", type=click.Path(path_type=Path), help="Where to write; standard output by default.")
@click.option("--rubric", "rubrics", multiple=True, metavar="ID", help="A rubric to score by; several may be given.")
def command(source: Path | None, target: Path | None, rubrics: tuple[str, ...]) -> None:
    """Score replies: each line {"id", "client", "reply"} gives a line with behaviour, codes and scores, in order."""
    library = Library()
    loaded = [library.rubric(name) for name in rubrics or ("core",)]
    with _opened(source, "rb", sys.stdin.buffer) as reading, _opened(target, "wb", sys.stdout.buffer) as writing:
        from simulator.scoring.encoder import Encoder
        from simulator.scoring.ready import ready_scorer

        encoder = Encoder()
        scorers = [ready_scorer(rubric, encoder) for rubric in loaded]
        name = str(source or "standard input")
        size = source.stat().st_size if source else None
        with _progress(size) as advanced:
            for rows, taken in _blocks(reading, name):
                _write(writing, scorers, rows)
                advanced(taken)


@contextmanager
def _opened(path: Path | None, mode: str, otherwise: IO[bytes]) -> Iterator[IO[bytes]]:
    if path is None:
        yield otherwise
        return
    try:
        file = path.open(mode)
    except OSError as error:
        raise ContentError(f"{path} cannot be opened: {error.strerror}") from error
    with file:
        yield file


@contextmanager
def _progress(size: int | None) -> Iterator[Any]:
    """Show how far the input has been read, where somebody is there to see it."""
    if not sys.stderr.isatty():
        yield lambda taken: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("scoring", total=size)
        yield lambda taken: progress.advance(task, taken)


def _blocks(reading: IO[bytes], name: str) -> Iterator[tuple[list[tuple[Any, Pair]], int]]:
    """Yield rows as they become available, with the bytes they took, so that a pipe is answered while it is open."""
    number, rest = 0, b""
    read1 = getattr(reading, "read1", reading.read)
    while block := read1(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        rows: list[tuple[Any, Pair]] = []
        try:
            for line in lines:
                number += 1
                if line.strip():
                    rows.append(_row(line, name, number))
        except ContentError:
            # The good lines before a bad one are still answered.
            yield rows, len(block)
            raise
        if rows:
            yield rows, len(block)
    if rest.strip():
        yield [_row(rest, name, number + 1)], len(rest)


def _row(line: bytes, name: str, number: int) -> tuple[Any, Pair]:
    from simulator.scoring.scorer import Pair

    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{name}:{number}: is not a line of JSON ({error})") from None
    if not isinstance(row, dict) or "id" not in row:
        raise ContentError(f'{name}:{number}: should be like {{"id": 1, "client": "…", "reply": "…"}}')
    client, reply = row.get("client", ""), row.get("reply", "")
    if not isinstance(client, str) or not isinstance(reply, str):
        raise ContentError(f"{name}:{number}: 'client' and 'reply' should be text")
    return row["id"], Pair(client, reply)


def _write(writing: IO[bytes], scorers: list[Scorer], rows: list[tuple[Any, Pair]]) -> None:
    pairs = [pair for _, pair in rows]
    scored = [scorer.score_many(pairs) for scorer in scorers]
    lines = []
    for place, (identity, _) in enumerate(rows):
        mine = [scores[place] for scores in scored]
        line = {
            "id": identity,
            "behaviour": mine[0].behaviour,
            "codes": {name: value for scores in mine for name, value in scores.codes.items()},
            "scores": {name: score.model_dump() for scores in mine for name, score in scores.criteria.items()},
        }
        lines.append(json.dumps(line, ensure_ascii=False))
    try:
        # Half of a surrogate pair, which UTF-8 cannot hold, leaves as the JSON escape that it came in as.
        writing.write(("\n".join(lines) + "\n").encode(errors="backslashreplace"))
        writing.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(f"the scores cannot be written: {error.strerror}") from error
