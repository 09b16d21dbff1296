"""A session whose program is killed outright: what was answered is there, and the session goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from simulator.records.store import Store

REPLIES = [
    "Hello Maya, I'm glad you came. How are you sitting there?",
    "What is said here stays private, unless somebody is in serious danger; then I'd talk to you first.",
    "The nights sound long.",
    "What goes through your mind when you lie there?",
    "You make it sound like a joke, and it isn't one at three in the morning.",
    "And who sees how tired you are?",
]
KILLS = 5


def begin(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a plain session in a process of its own and wait for the client's first words."""
    environment = {**os.environ, "SIMULATOR_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "simulator", "practice", "--plain", *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Maya: ")
    return process


def answered(process: subprocess.Popen[str], reply: str) -> str:
    """Say something and return the client's answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(reply + "\n")
    process.stdin.flush()
    while not (line := process.stdout.readline()).startswith("Maya: "):
        assert line, "the program ended by itself"
    return line.removeprefix("Maya: ").rstrip("\n")


def test_a_killed_program_loses_at_most_the_reply_being_typed(fitted_home: Path) -> None:
    home = fitted_home
    chance = random.Random(7)
    database = f"sqlite:///{home / 'sessions.db'}"
    seen: list[tuple[str, str]] = []
    arguments = ["maya", "--seed", "3"]
    for number in range(KILLS):
        process = begin(home, *arguments)
        assert process.stdin is not None
        reply = REPLIES[number]
        seen.append((reply, answered(process, reply)))
        # Killed somewhere between the next reply's arrival and its answer.
        process.stdin.write(REPLIES[number + 1] + "\n")
        process.stdin.flush()
        time.sleep(chance.uniform(0, 0.06))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        assert process.stdout is not None
        process.stdout.close()
        with Store(database) as store:
            (summary,) = store.sessions()
            session = store.session(summary.id)
            kept = [(one.counsellor, one.client.text) for one in session.exchanges]
            assert kept[: len(seen)] == seen
            assert len(kept) - len(seen) in (0, 1)
            if len(kept) > len(seen):
                # The answer to the last reply was saved but may not have been shown yet.
                assert kept[-1][0] == REPLIES[number + 1]
                store.undo(session.id, session.exchanges[-1].number)
            assert session.ended is None
        arguments = ["--resume", summary.id]
