"""Blocks of text to read; items keep their indent where they run over the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static


@dataclass(frozen=True)
class Items:
    """Hold items under a heading, each with its sign before it."""

    heading: Content | None
    rows: Sequence[tuple[Content, Content]]
    indent: int = 4
    """Cells that the signs take."""


Block = Content | Items


def widgets(blocks: Iterable[Block]) -> Iterator[Widget]:
    """Turn blocks into widgets, with a line between them."""
    for block in blocks:
        if isinstance(block, Content):
            yield Static(block, markup=False, classes="block")
        else:
            heading = [Static(block.heading, markup=False, classes="line")] if block.heading else []
            yield Vertical(*heading, *(_row(sign, text, block.indent) for sign, text in block.rows), classes="block")


def _row(sign: Content, text: Content, indent: int) -> Widget:
    before = Static(sign, markup=False)
    before.styles.width = indent
    return Horizontal(before, Static(text, markup=False, classes="text"), classes="row")
