"""Errands: one piece of the core's work, and one message with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textual.message import Message
from textual.screen import Screen

T = TypeVar("T")


class Failed(Message):
    """Tell a screen that an errand failed; the app, further up, explains it."""

    def __init__(self, errand: str, error: Exception) -> None:
        self.errand = errand
        self.error = error
        super().__init__()


def send(screen: Screen[Any], errand: str, work: Coroutine[Any, Any, T], done: Callable[[T], Message]) -> None:
    """Do ``work`` in the background and post ``done`` of its result to the screen, or ``Failed``."""

    async def run() -> None:
        try:
            result = await work
        except Exception as error:
            # Known or not, it must not end the session: the app presents it.
            screen.post_message(Failed(errand, error))
        else:
            screen.post_message(done(result))

    screen.run_worker(run(), name=errand, group=errand, exit_on_error=False)
