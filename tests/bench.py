"""How fast the simulator is, as ratios within one run: ``make bench``.

Ratios against a bare library call hold on any machine; seconds do not. Prints one line a figure, with its bound, and exits
with 1 where a bound is broken.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

os.environ["HF_HUB_OFFLINE"] = "1"

BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready")
"""
PAINT = """
import os, sys, time
{app}
started = float(sys.argv[1])
def painted(self):
    sys.__stderr__.write(f"PAINTED {{time.time() - started}}\\n")
    sys.__stderr__.flush()
    self.exit()
App = {name}
original = App.on_mount if hasattr(App, "on_mount") else None
class Timed(App):
    def on_ready(self):
        painted(self)
Timed().run()
"""


def report(name: str, value: float, most: float, unit: str = "") -> bool:
    """Print one figure with its bound, and tell whether it holds."""
    held = value <= most
    print(f"{name:62s} {value:7.3f}{unit}   at most {most:g}{unit}   {'ok' if held else 'TOO SLOW'}", flush=True)
    return held


def processor_seconds(*arguments: str) -> float:
    """Return the user and system time of a command, the median of five runs."""
    times = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, capture_output=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return statistics.median(times)


def wall_seconds(*arguments: str) -> float:
    """Return the wall time of a command, the median of seven runs."""
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def first_paint(app: str, name: str, rounds: int = 7) -> list[float]:
    """Return the seconds from the start of a process to the first painted screen, in a terminal of its own."""
    import pty
    import re

    found = []
    for _ in range(rounds):
        code = PAINT.format(app=app, name=name)
        read, write = os.pipe()
        child, terminal = pty.fork()
        if child == 0:
            os.dup2(write, 2)
            os.execv(sys.executable, [sys.executable, "-c", code, str(time.time())])
        os.close(write)
        said = _drained(terminal, read)
        os.waitpid(child, 0)
        match = re.search(r"PAINTED ([\d.]+)", said)
        if match is None:
            raise RuntimeError(f"nothing was painted: {said[-2000:]}")
        found.append(float(match.group(1)))
    return found


def _drained(terminal: int, errors: int) -> str:
    """Read what a process writes until it ends, so that it is never held up."""
    import select

    said = b""
    watched = [terminal, errors]
    while watched:
        for descriptor in select.select(watched, [], [], 60)[0]:
            try:
                data = os.read(descriptor, 65536)
            except OSError:
                data = b""
            if not data:
                watched.remove(descriptor)
                os.close(descriptor)
            elif descriptor == errors:
                said += data
    return said.decode(errors="replace")


def median_seconds(call: Callable[[int], object], rounds: int) -> float:
    """Return the median time of a call, given its number, after three to warm up."""
    times = []
    for number in range(rounds + 3):
        started = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - started)
    return statistics.median(times[3:])


def turn_against_encode() -> float:
    """Return the time of a warm turn (scored, answered, saved) over that of one bare ``encode`` of the same text."""
    from sentence_transformers import SentenceTransformer

    from simulator.clients.scripted import Scripted
    from simulator.content.library import Library
    from simulator.practice import Practice, find
    from simulator.records.store import Store
    from simulator.scoring.encoder import Encoder, default_folder
    from simulator.scoring.ready import ready_scorer
    from simulator.scoring.topics import Topics

    encoder = Encoder()
    material = find(Library(), "maya")
    scorer = ready_scorer(material.rubric, encoder)
    model = SentenceTransformer(str(default_folder()), device="cpu")
    topics = Topics(material.persona.value, encoder)
    replies = [
        f"It sounds as if the nights are long, and part of you counts to {n} rather than think." for n in range(60)
    ]
    turns, encodes = [], []
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/sessions.db") as store:
        practice = Practice.start(material, scorer, topics, Scripted(), store, seed=1)
        # Turn about, so that both see the same machine.
        for number, reply in enumerate(replies):
            if practice.over:
                practice = Practice.start(material, scorer, topics, Scripted(), store, seed=number)
            practice.warm()
            started = time.perf_counter()
            practice.take_turn(reply)
            turned = time.perf_counter()
            model.encode(reply)
            encoded = time.perf_counter()
            turns.append(turned - started)
            encodes.append(encoded - turned)
    return statistics.median(turns[5:]) / statistics.median(encodes[5:])


def score_against_encode() -> float:
    """Return the time of scoring many rows over that of a bare batched ``encode`` of client turns and replies together."""
    from sentence_transformers import SentenceTransformer

    from simulator.content.library import Library
    from simulator.scoring.encoder import Encoder, default_folder
    from simulator.scoring.ready import ready_scorer
    from simulator.scoring.scorer import Pair

    rubric = Library().rubric("core")
    encoder = Encoder()
    scorer = ready_scorer(rubric, encoder)
    model = SentenceTransformer(str(default_folder()), device="cpu")
    rows = [(turn.client, reply.reply) for turn in rubric.bank for reply in turn.replies][:512]
    ratios = []
    for round_ in range(3):
        new = [Pair(f"{client} {round_}", f"{reply} {round_}") for client, reply in rows]
        started = time.perf_counter()
        for start in range(0, len(new), 128):
            scorer.score_many(new[start : start + 128])
        scored = time.perf_counter()
        model.encode([text for pair in new for text in (pair.client, pair.reply)], batch_size=64)
        ratios.append((scored - started) / (time.perf_counter() - scored))
    return statistics.median(ratios)


def main() -> int:
    """Measure everything and return the exit code."""
    held = [
        report("simulator --help, wall", wall_seconds("--help"), 0.3, " s"),
        report("simulator check, processor", processor_seconds("check"), 1.0, " s"),
    ]
    bare, ours = [], []
    for _ in range(7):
        # Turn about, so that both see the same machine.
        bare += first_paint(BARE_APP, "Bare", rounds=1)
        ours += first_paint("from simulator.tui.app import SimulatorApp", "SimulatorApp", rounds=1)
    ratio = statistics.median(ours) / statistics.median(bare)
    held.append(report("first paint against a bare Textual app", ratio, 1.25))
    held.append(report("a warm turn against one bare encode of its text", turn_against_encode(), 2.5))
    print(
        f"{'scoring in batches against bare encode of both texts':62s} {score_against_encode():7.3f}   (no bound yet)"
    )
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
