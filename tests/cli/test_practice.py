"""``practice --plain`` from the first words to the report, ``sessions`` and ``report``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.clients.scripted import Scripted
from simulator.content.library import Library
from simulator.practice import MOST_CHARACTERS, Practice, find
from simulator.records.store import Store
from simulator.scoring.encoder import Encoder
from simulator.scoring.scorer import Scorer
from simulator.scoring.topics import Topics

from .conftest import Done, Run

SAID = ["You dread it before it's even dark.", "What is that like, at three in the morning?"]
OFFLINE = """
import socket, sys
def refuse(*arguments, **options):
    raise AssertionError("the network was used")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse
from simulator.cli import main
main()
"""


def spoken(done: Done) -> list[str]:
    """Return what the client said before the report."""
    conversation = done.out.partition("\n# Session with")[0]
    return [line for line in conversation.splitlines() if line.startswith("Maya: ")]


def session_id(done: Done) -> str:
    found = re.search(r"^session ([0-9a-f]+)$", done.err, re.MULTILINE)
    assert found, done.err
    return found.group(1)


def test_a_whole_session_without_a_network(fitted_home: Path, run: Run) -> None:
    typed = [
        SAID[0],
        "",
        "/undo",
        "x" * (MOST_CHARACTERS + 1),
        "\x1b[2J<b>[bold]You're tired.[/bold]</b>",
        "/end",
        "late",
    ]
    command = [sys.executable, "-c", OFFLINE, "practice", "maya", "--plain", "--seed", "3"]
    environment = {**os.environ, "SIMULATOR_HOME": str(fitted_home)}
    ran = subprocess.run(command, input="\n".join(typed), capture_output=True, text=True, env=environment, check=False)
    done = Done(ran.returncode, ran.stdout, ran.stderr)
    assert done.code == 0, done.err
    first, answer, silence, taken_back, after = spoken(done)
    assert taken_back == answer
    assert len({first, answer, silence, after}) == 4
    assert f"{MOST_CHARACTERS + 1:,} characters" in done.err
    assert "empathy" in done.out
    assert "\x1b" not in done.out
    assert "late" not in done.out

    name = session_id(done)
    (listed,) = json.loads(run("sessions", "--json").out)
    assert (listed["id"], listed["persona"], listed["turns"], listed["open"]) == (name, "maya", 2, False)
    table = run("sessions").out
    assert name in table
    assert "Maya" in table

    whole = json.loads(run("report", name[:4], "--format", "json").out)
    assert whole["id"] == name
    assert [one["counsellor"] for one in whole["exchanges"]] == [SAID[0], "[2J<b>[bold]You're tired.[/bold]</b>"]
    written = run("report", name)
    assert written.code == 0
    assert written.out.startswith("# Session with Maya")
    assert written.out.strip() in done.out, "the report is the one shown at the end"


@pytest.mark.usefixtures("fitted_home")
class TestPlain:
    def test_the_same_seed_gives_the_same_session(self, run: Run) -> None:
        one, other = (run("practice", "maya", "--plain", "--seed", "5", given="\n".join(SAID)) for _ in range(2))
        assert one.code == 0
        assert len(spoken(one)) == 1 + len(SAID)
        assert spoken(one) == spoken(other)
        assert session_id(one) != session_id(other)

    def test_feedback_is_shown_when_it_is_wanted(self, run: Run) -> None:
        shown = run("practice", "maya", "--plain", "--seed", "5", given=SAID[0])
        later = run("practice", "maya", "--plain", "--seed", "5", "--feedback", "end", given=SAID[0])
        assert spoken(shown) == spoken(later)
        assert "\n    empathy" in shown.out
        assert "\n    empathy" not in later.out
        assert "### empathy" in later.out, "the debrief shows it"

    def test_an_exercise_ends_with_its_turns_and_its_verdict(self, run: Run, library: Library) -> None:
        exercise = library.exercise("first-meeting").value
        done = run("practice", "first-meeting", "--plain", "--seed", "1", given="Mm.\n" * (exercise.turns + 3))
        assert done.code == 0
        assert len(spoken(done)) == 1 + exercise.turns
        assert "The session is over." in done.err
        assert "**Not passed**" in done.out
        (listed,) = json.loads(run("sessions", "--json").out)
        assert (listed["exercise"], listed["turns"], listed["passed"]) == ("first-meeting", exercise.turns, False)

    def test_text_in_another_encoding_does_not_stop_it(self, run: Run) -> None:
        done = run(
            "practice", "maya", "--plain", given="That's a café in the night, and you dread it.".encode("latin-1")
        )
        assert done.code == 0
        assert len(spoken(done)) == 2

    def test_a_session_is_kept_where_it_is_told_to_be(self, run: Run, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/elsewhere/mine.db"
        assert run("--database", url, "practice", "maya", "--plain", given="").code == 0
        assert len(json.loads(run("--database", url, "sessions", "--json").out)) == 1
        assert json.loads(run("sessions", "--json").out) == []


class TestResuming:
    @pytest.fixture
    def open_session(self, fitted_home: Path, library: Library, scorer: Scorer, encoder: Encoder) -> Practice:
        """Return a session that was left open after its first turn."""
        material = find(library, "maya")
        with Store(f"sqlite:///{fitted_home / 'sessions.db'}") as store:
            topics = Topics(material.persona.value, encoder)
            practice = Practice.start(material, scorer, topics, Scripted(), store, seed=5)
            practice.take_turn(SAID[0])
        return practice

    def test_goes_on_where_it_stopped(self, run: Run, open_session: Practice) -> None:
        name = open_session.session.id
        done = run("practice", "--plain", "--resume", name[:5], given=SAID[1])
        assert done.code == 0
        assert session_id(done) == name
        again, answer = spoken(done)
        assert again == f"Maya: {open_session.session.last_words}"
        unbroken = run("practice", "maya", "--plain", "--seed", "5", given="\n".join(SAID))
        assert spoken(unbroken)[1:] == [again, answer]

    def test_not_what_is_over(self, run: Run, open_session: Practice) -> None:
        name = open_session.session.id
        assert run("practice", "--plain", "--resume", name, given="").code == 0
        done = run("practice", "--plain", "--resume", name, given="")
        assert (done.code, done.out) == (2, "")
        assert f"simulator report {name}" in done.err

    def test_not_what_is_not_there(self, run: Run) -> None:
        done = run("practice", "--plain", "--resume", "abc", given="")
        assert (done.code, done.out) == (5, "")
        assert "there is no session 'abc'" in done.err


class TestWrongCalls:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--plain"], "name a client or an exercise"),
            (["maya", "--plain", "--resume", "abc"], "not both"),
            (["maya", "--plain", "--feedback", "none"], "only an exercise can turn feedback off"),
            (["maya", "--plain", "--seed", "-1"], "--seed"),
            (["maya", "--plain", "--client", "nobody"], "--client"),
        ],
    )
    def test_are_2(self, run: Run, arguments: list[str], message: str) -> None:
        done = run("practice", *arguments)
        assert (done.code, done.out) == (2, "")
        assert message in done.err

    def test_an_unknown_client_is_put_right(self, run: Run) -> None:
        done = run("practice", "mya", "--plain")
        assert (done.code, done.out) == (1, "")
        assert "there is no client or exercise 'mya'; did you mean 'maya'?" in done.err
        assert "Traceback" not in done.err

    def test_a_client_with_problems_shows_them(self, run: Run) -> None:
        Path("personas").mkdir()
        Path("personas/maya.yaml").write_text("schema: persona/1\nid: maya\n", encoding="utf8")
        done = run("practice", "maya", "--plain")
        assert done.code == 1
        assert re.search(r"personas/maya\.yaml:\d+: ", done.err)

    def test_a_database_that_cannot_be(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        for url in ("nonsense", f"sqlite:///{tmp_path}/file/sessions.db"):
            done = run("--database", url, "sessions")
            assert (done.code, done.out) == (5, "")
            assert done.err.startswith("simulator: ")

    def test_the_environment_may_name_the_database(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SIMULATOR_DATABASE", f"sqlite:///{tmp_path}/env/mine.db")
        assert run("sessions", "--json").out.strip() == "[]"
        assert (tmp_path / "env" / "mine.db").exists()

    def test_without_sessions_it_says_how_to_begin(self, run: Run) -> None:
        done = run("sessions")
        assert (done.code, done.out) == (0, "")
        assert "simulator practice maya" in done.err

    def test_a_report_of_nothing(self, run: Run) -> None:
        done = run("report", "abc")
        assert (done.code, done.out) == (5, "")
