"""What the store keeps comes back as it was; what does not fit is refused, with a reason."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings

from simulator.errors import StoreError
from simulator.records.store import Store
from simulator.records.tables import exchanges as exchanges_table
from simulator.records.tables import sessions as sessions_table
from simulator.session import Exchange, SelfRating, Session, Utterance

from .builders import CONTENTS, ENDED, ended, exchange, session, sessions


def _end(store: Store, found: Session) -> None:
    assert found.ended and found.ended_by
    store.finish(found.id, found.ended, found.ended_by, found.closing, found.verdict, found.self_rating)


@settings(max_examples=60, deadline=None)
@given(drawn=sessions())
def test_any_session_comes_back_equal(drawn: Session) -> None:
    """Kept turn by turn as in a sitting, and kept whole as in a copy."""
    with Store("sqlite://") as sitting, Store("sqlite://") as copy:
        opened = {
            "exchanges": (),
            "ended": None,
            "ended_by": None,
            "closing": None,
            "verdict": None,
            "self_rating": None,
        }
        sitting.begin(drawn.model_copy(update=opened), CONTENTS)
        for turn in drawn.exchanges:
            sitting.append(drawn.id, turn)
        if drawn.ended:
            _end(sitting, drawn)
        copy.begin(drawn, CONTENTS)
        assert sitting.session(drawn.id) == drawn
        assert copy.session(drawn.id) == drawn
        assert copy.session(drawn.id).model_dump_json() == drawn.model_dump_json()


def test_a_session_outlives_the_store(url: str) -> None:
    whole = ended(session(exchange(1), exchange(2, client="\x00\x1b — 日本語 👩‍👩‍👧 'quoted' \"; DROP TABLE sessions")))
    with Store(url) as store:
        store.begin(whole, CONTENTS)
    with Store(url) as store:
        assert store.session("s1") == whole
        assert store.content("digest-of-core") == CONTENTS[1][3]


def test_every_field_of_a_record_has_its_column() -> None:
    """A new field of a session or an exchange needs a migration."""
    assert {*Session.model_fields} - {"exchanges"} == {*sessions_table.c.keys()} - {"persona_name"}
    assert {*Exchange.model_fields} == {*exchanges_table.c.keys()} - {"session_id"}


def test_contents_are_kept_once(store: Store, path: Path) -> None:
    for name in ("s1", "s2"):
        store.begin(session(id=name), CONTENTS)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT digest, kind, id FROM contents ORDER BY digest").fetchall() == [
            ("digest-of-core", "rubric", "core"), ("digest-of-maya", "persona", "maya"),
        ]  # fmt: skip
    raw.close()
    with pytest.raises(StoreError, match="no persona, rubric or exercise with the digest nowhere"):
        store.content("nowhere")


def test_the_list_is_newest_first(store: Store) -> None:
    store.begin(session(exchange(1), id="old", started="2026-01-01T00:00:00+00:00"), CONTENTS)
    store.begin(ended(session(id="new", started="2026-03-01T00:00:00+00:00", exercise="first")), CONTENTS)
    store.begin(ended(session(id="mid", started="2026-02-01T00:00:00+00:00"), verdict=None), [])
    listed = store.sessions()
    assert [(one.id, one.turns, one.passed, one.open, one.exercise) for one in listed] == [
        ("new", 0, True, False, "first"), ("mid", 0, None, False, None), ("old", 1, None, True, None),
    ]  # fmt: skip
    assert {one.persona_name for one in listed} == {"Maya", "maya"}, (
        "without its content, a persona is called by its id"
    )


def test_a_verdict_of_not_passed_is_not_a_missing_one(store: Store) -> None:
    whole = ended(session())
    assert whole.verdict
    store.begin(whole.model_copy(update={"verdict": whole.verdict.model_copy(update={"passed": False})}), CONTENTS)
    assert store.sessions()[0].passed is False


def test_the_list_reads_no_turns(store: Store, path: Path) -> None:
    store.begin(session(exchange(1), exchange(2)), CONTENTS)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE exchanges SET scores = 'not json'")
    raw.close()
    assert store.sessions()[0].turns == 2


def test_attempts_are_finished_sessions(store: Store) -> None:
    for name, exercise_id in (("a", "first"), ("b", "first"), ("c", "second"), ("d", None)):
        store.begin(ended(session(id=name, exercise=exercise_id)), CONTENTS)
    store.begin(session(id="e", exercise="first"), CONTENTS)
    assert (store.attempts("first"), store.attempts("second"), store.attempts("none")) == (2, 1, 0)


def test_a_session_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    for name in ("ab", "abc", "abd", "xyz", "A%_"):
        store.begin(session(id=name), CONTENTS)
    assert store.session("x").id == "xyz"
    assert store.session("ab").id == "ab", "an exact id wins over longer ones"
    assert store.session("A").id == "A%_", "capitals count"
    for text, message in (
        ("", "say which session"),
        ("a", "3 sessions begin with 'a': ab, abc, abd; write more"),
        ("%", "no session '%'"),
        ("_", "no session '_'"),
        ("abcd", "no session 'abcd'"),
    ):
        with pytest.raises(StoreError, match=message):
            store.session(text)


def test_turns_follow_each_other(store: Store) -> None:
    store.begin(session(), CONTENTS)
    store.append("s1", exchange(1))
    for number in (1, 3, 0, -1):
        with pytest.raises(StoreError, match=f"turn {number} does not follow turn 1.*your reply was not saved"):
            store.append("s1", exchange(number))
    with pytest.raises(StoreError, match="no session 's2'; your reply was not saved"):
        store.append("s2", exchange(1))
    store.append("s1", exchange(2))
    assert [turn.number for turn in store.session("s1").exchanges] == [1, 2]


def test_an_ended_session_stays_as_it_is(store: Store) -> None:
    whole = ended(session(exchange(1)))
    store.begin(whole, CONTENTS)
    with pytest.raises(StoreError, match="has ended; your reply was not saved"):
        store.append("s1", exchange(2))
    with pytest.raises(StoreError, match="has ended; nothing was taken back"):
        store.undo("s1", 1)
    with pytest.raises(StoreError, match="has ended; the end of the session was not saved"):
        store.finish("s1", ENDED, "client", None, None)
    assert store.session("s1") == whole


def test_undo_takes_back_the_last_turn_only(store: Store) -> None:
    store.begin(session(), CONTENTS)
    for number in (1, 2):
        store.append("s1", exchange(number))
    for number in (1, 3, 0):
        with pytest.raises(StoreError, match=f"only the last turn, 2, can be taken back, not turn {number}"):
            store.undo("s1", number)
    store.undo("s1", 2)
    assert [turn.number for turn in store.session("s1").exchanges] == [1]
    store.append("s1", exchange(2, counsellor="another try"))
    assert store.session("s1").exchanges[-1].counsellor == "another try"
    store.undo("s1", 2)
    store.undo("s1", 1)
    with pytest.raises(StoreError, match="only the last turn, 0"):
        store.undo("s1", 0)


def test_a_rating_is_kept_before_and_after_the_end(store: Store) -> None:
    mine, later = SelfRating(levels={"empathy": 4}), SelfRating(levels={"empathy": 2})
    store.begin(session(), CONTENTS)
    store.rate("s1", mine)
    store.finish("s1", ENDED, "turns", Utterance(text="Bye."), None)
    assert store.session("s1").self_rating == mine, "an end without a rating keeps the one there is"
    store.rate("s1", later)
    assert store.session("s1").self_rating == later
    with pytest.raises(StoreError, match="no session 'S1'; your rating was not saved"):
        store.rate("S1", mine)


def test_delete_takes_the_turns_along(store: Store, path: Path) -> None:
    for name in ("s1", "s2"):
        store.begin(session(exchange(1), id=name), CONTENTS)
    store.delete("s1")
    with pytest.raises(StoreError, match="no session 's1'"):
        store.session("s1")
    with pytest.raises(StoreError, match="no session 's1'; nothing was deleted"):
        store.delete("s1")
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT session_id FROM exchanges").fetchall() == [("s2",)]
    raw.close()
    assert len(store.session("s2").exchanges) == 1


def test_an_id_is_taken_once(store: Store) -> None:
    store.begin(session(exchange(1)), CONTENTS)
    with pytest.raises(StoreError, match="already a session 's1'; the session was not begun"):
        store.begin(session(persona="other"), [("persona", "other", "digest-of-other", {"name": "Other"})])
    assert store.session("s1").persona == "maya"
    with pytest.raises(StoreError):
        store.content("digest-of-other")


def test_rows_that_no_longer_fit_are_named(store: Store, path: Path) -> None:
    store.begin(session(exchange(1)), CONTENTS)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE exchanges SET state = '{\"trust\": 7}'")
    raw.close()
    with pytest.raises(StoreError, match=r"session 's1' in .*sessions.db cannot be read: exchanges\.0\.state"):
        store.session("s1")


def test_a_store_belongs_to_its_thread(store: Store) -> None:
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            store.sessions()
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "another thread" in str(raised[0])
    assert store.sessions() == []


def test_a_closed_store_says_so(url: str) -> None:
    with Store(url) as store:
        pass
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.sessions()
