"""Whatever goes wrong with a disk or a database is said in words that help, and the store goes on afterwards."""

from __future__ import annotations

import datetime
import math
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import StoreError
from simulator.records.store import Store

from .builders import CONTENTS, exchange, score, session

LONG = "so much " * 4000


def _pragma(store: Store, setting: str) -> object:
    with store._database.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {setting}").scalar()


def test_a_full_disk(store: Store) -> None:
    """SQLite's own limit on pages raises the very error of a full disk."""
    store.begin(session(exchange(1)), CONTENTS)
    _pragma(store, f"max_page_count={_pragma(store, 'page_count')}")
    for _ in range(2):
        with pytest.raises(
            StoreError, match=r"the disk is full; your reply was not saved. Free some space.*sessions.db"
        ):
            store.append("s1", exchange(2, counsellor=LONG))
    with pytest.raises(StoreError, match="the disk is full; the session was not begun"):
        store.begin(session(id="s2", opening=session().opening.model_copy(update={"text": LONG})), CONTENTS)
    assert store.session("s1") == session(exchange(1))
    _pragma(store, "max_page_count=100000")
    store.append("s1", exchange(2, counsellor=LONG))
    assert store.session("s1").exchanges[-1].counsellor == LONG


CRAMPED = """
import resource, sys
from pathlib import Path
from simulator.errors import StoreError
from simulator.records.store import Store
from simulator.session import Exchange, Session

first, turn = Session.model_validate_json(sys.stdin.readline()), Exchange.model_validate_json(sys.stdin.readline())
with Store(sys.argv[1]) as store:
    store.begin(first, [])
    size = Path(sys.argv[2] + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, resource.RLIM_INFINITY))
    try:
        store.append(first.id, turn)
    except StoreError as error:
        print(error)
    assert store.session(first.id) == first
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.append(first.id, turn)
    print(len(store.session(first.id).exchanges))
"""


def test_a_file_that_may_not_grow(path: Path, url: str) -> None:
    """The system refuses in the middle of a write, as with a quota."""
    given = f"{session().model_dump_json()}\n{exchange(1, counsellor=LONG).model_dump_json()}\n"
    done = subprocess.run(
        [sys.executable, "-c", CRAMPED, url, str(path)], input=given, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    message, kept = done.stdout.splitlines()
    assert message.startswith("the disk failed; your reply was not saved. It may be full, over its quota or taken away")
    assert kept == "1"


def test_a_read_only_database_is_read_but_not_written(path: Path, url: str) -> None:
    with Store(url) as store:
        store.begin(session(exchange(1)), CONTENTS)
    with Store(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.session("s1") == session(exchange(1))
        for _ in range(2):
            with pytest.raises(StoreError, match=r"sessions.db is read-only; your reply was not saved\. Make"):
                store.append("s1", exchange(2))
        assert len(store.sessions()) == 1


def test_no_new_database_where_nothing_may_be_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened.*It must be a file in a folder that you may write to"):
        Store(f"sqlite:///file:{tmp_path}/none.db?mode=ro&uri=true")
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(StoreError, match=r"the folder .*kept cannot be made: a file of that name stands in the way"):
        Store(f"sqlite:///{tmp_path}/kept/sessions.db")
    with pytest.raises(StoreError, match=r"the folder .*deeper cannot be made: a file"):
        Store(f"sqlite:///{tmp_path}/kept/deeper/sessions.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(os.geteuid() == 0, reason="the system administrator may write anywhere")
def test_a_folder_without_leave_to_write(path: Path, url: str) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(url)
    with pytest.raises(StoreError, match="you may not write there"):
        Store(f"sqlite:///{path.parent}/deeper/sessions.db")


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(path: Path, url: str, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"sessions.db is damaged or not a database: move it away or restore a copy"):
        Store(url)
    assert path.read_bytes() == content


def test_a_damaged_database(path: Path, url: str) -> None:
    with Store(url) as store:
        store.begin(session(*(exchange(n, counsellor=LONG) for n in range(1, 4))), CONTENTS)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with (
        pytest.raises(StoreError, match="is damaged or not a database: move it away or restore a copy"),
        Store(url) as store,
    ):
        store.session("s1")
    # Sound at the head, scrambled behind: it opens, and the damage shows on reading.
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    with pytest.raises(StoreError, match="is damaged or not a database"), Store(url) as store:
        store.session("s1")


def test_a_database_without_its_tables(path: Path, url: str) -> None:
    Store(url).close()
    raw = sqlite3.connect(path)
    raw.executescript("DROP TABLE exchanges")
    raw.close()
    with Store(url) as store, pytest.raises(StoreError, match=r"lacks tables that it should.*no such table: exchanges"):
        store.sessions()


def test_a_database_that_another_program_is_writing_to(store: Store, path: Path) -> None:
    store.begin(session(), CONTENTS)
    _pragma(store, "busy_timeout=50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"another program is writing to .*; your reply was not saved. Wait"):
            store.append("s1", exchange(1))
    assert store.session("s1") == session(), "reading goes on meanwhile"
    other.execute("ROLLBACK")
    other.close()
    store.append("s1", exchange(1))
    assert len(store.session("s1").exchanges) == 1


def test_a_moment_of_another_programs_writing_is_waited_for(store: Store, path: Path) -> None:
    store.begin(session(), CONTENTS)
    program = (
        "import sqlite3, sys, time; other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "other.execute('BEGIN IMMEDIATE'); print('locked', flush=True); time.sleep(0.3); other.execute('ROLLBACK')"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        store.append("s1", exchange(1))
    assert len(store.session("s1").exchanges) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sessions.db", "'sessions.db' is not a database URL: write sqlite:///sessions.db for a file"),
        ("", "'' is not a database URL: write sqlite:///sessions.db for a file"),
        ("oracles://a:secret@b/c", "databases of the kind 'oracles' are not known"),
        ("postgresql://a:secret@b:port/c", "database URL that begins with 'postgresql://' is not a database URL"),
        ("sqlite:///{folder}/s.db?timeout=soon", "s.db cannot be used: could not convert string"),
        ("sqlite:///{folder}/a\0b/s.db", "cannot be used: embedded null byte"),
    ],
)
def test_a_url_that_cannot_be_used(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(StoreError) as raised:
        Store(url.format(folder=tmp_path))
    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_driver_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as raised:
        Store("postgresql+psycopg://anna:secret@host/course")
    assert str(raised.value) == (
        "postgresql+psycopg://anna:***@host/course needs the package psycopg[binary], which is missing:"
        " pip install 'psycopg[binary]'"
    )


def test_what_cannot_be_written_down(store: Store) -> None:
    store.begin(session(), CONTENTS)
    turn = exchange(1)
    scores = turn.scores.model_copy(update={"criteria": {"empathy": score(math.nan)}})
    with pytest.raises(StoreError, match=r"something in it cannot be kept in .*; your reply was not saved"):
        store.append("s1", turn.model_copy(update={"scores": scores}))
    with pytest.raises(StoreError, match=r"something in it cannot be kept in .*; your reply was not saved"):
        store.append("s1", turn.model_copy(update={"counsellor": "\ud800"}))
    with pytest.raises(StoreError, match=r"something in it cannot be kept in .*; the session was not begun"):
        store.begin(session(id="s2", seed=2**63), CONTENTS)
    with pytest.raises(StoreError, match=r"something in it cannot be kept in .*; the session was not begun"):
        store.begin(session(id="s2"), [("persona", "p", "d", {"born": datetime.date(2000, 1, 1)})])
    store.append("s1", turn)
    assert [one.id for one in store.sessions()] == ["s1"]
