"""What the store has confirmed is there after a kill, and half a turn never is."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from simulator.errors import StoreError
from simulator.records.store import Store
from simulator.session import Exchange, Session, Utterance

from .builders import CONTENTS, ENDED, exchange, session

KILLS = 12
# Says on stdout what it knows to be kept; its replies are long enough to need several pages of the database.
WRITER = """
import itertools, sys
from simulator.records.store import Store
from simulator.session import Exchange, Session

first, turn = Session.model_validate_json(sys.stdin.readline()), Exchange.model_validate_json(sys.stdin.readline())
with Store(sys.argv[1]) as store:
    print("ready", flush=True)
    store.begin(first, [])
    for number in itertools.count(1):
        print(number - 1, flush=True)
        store.append(first.id, turn.model_copy(update={"number": number, "counsellor": turn.counsellor * number}))
"""


def _turn(number: int) -> Exchange:
    return exchange(1).model_copy(update={"number": number, "counsellor": "so much " * 100 * number})


def _killed(url: str, begun: Session, lines: int, seconds: float) -> int | None:
    """Kill a writing program a moment after so many lines of it; return the last turn that it confirmed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin and writer.stdout
        writer.stdin.write(f"{begun.model_dump_json()}\n{_turn(1).model_dump_json()}\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "ready\n"
        confirmed = [writer.stdout.readline() for _ in range(lines)]
        # From here on it writes as fast as it can, and the kill meets it anywhere.
        time.sleep(seconds)
        writer.kill()
        confirmed += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert writer.returncode == -9, "it was still writing when it was killed"
    return int(confirmed[-1]) if confirmed else None


def test_a_kill_loses_at_most_the_reply_being_saved(path: Path, url: str) -> None:
    Store(url).close()
    chance = random.Random()
    for kill in range(KILLS):
        begun = session(id=f"s{kill}")
        confirmed = _killed(url, begun, lines=kill, seconds=chance.uniform(0, 0.02))
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        raw.close()
        with Store(url) as store:
            if confirmed is None and begun.id not in [one.id for one in store.sessions()]:
                continue
            kept = store.session(begun.id)
        assert (confirmed or 0) <= len(kept.exchanges) <= (confirmed or 0) + 1
        assert kept == begun.model_copy(update={"exchanges": tuple(_turn(n + 1) for n in range(len(kept.exchanges)))})
        assert len(kept.exchanges) >= kill - 1, "the later kills have turns to lose"


@pytest.mark.parametrize("error", [StoreError("half-way"), KeyboardInterrupt(), OSError(5, "Input/output error")])
@pytest.mark.parametrize("action", ["begin", "append", "finish", "undo", "delete"])
def test_an_action_that_breaks_off_leaves_nothing(store: Store, action: str, error: BaseException) -> None:
    """Broken off after its last statement, when all that is missing is the end of the transaction."""
    before = session(exchange(1), id="before")
    store.begin(before, CONTENTS)
    actions: dict[str, Any] = {
        "begin": lambda: store.begin(
            session(exchange(1)), [("persona", "other", "digest-of-other", {"name": "Other"})]
        ),
        "append": lambda: store.append("before", exchange(2)),
        "finish": lambda: store.finish("before", ENDED, "client", Utterance(text="Bye."), None),
        "undo": lambda: store.undo("before", 1),
        "delete": lambda: store.delete("before"),
    }
    last = {"begin": "INSERT INTO exchanges", "append": "INSERT INTO exchanges", "finish": "UPDATE sessions"}
    wanted = {**last, "undo": "DELETE FROM exchanges", "delete": "DELETE FROM sessions"}[action]
    reached: list[str] = []

    def break_off(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith(wanted):
            reached.append(statement)
            raise error

    event.listen(store._database._engine, "after_cursor_execute", break_off)
    with pytest.raises((StoreError, KeyboardInterrupt)):
        actions[action]()
    event.remove(store._database._engine, "after_cursor_execute", break_off)
    assert len(reached) == 1
    assert [one.id for one in store.sessions()] == ["before"]
    assert store.session("before") == before
    with pytest.raises(StoreError):
        store.content("digest-of-other")
    actions[action]()


def test_another_program_sees_a_turn_as_soon_as_it_is_kept(store: Store, url: str) -> None:
    store.begin(session(), CONTENTS)
    with Store(url) as reader:
        for number in (1, 2):
            store.append("s1", exchange(number))
            assert len(reader.session("s1").exchanges) == number
