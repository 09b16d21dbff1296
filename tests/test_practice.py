"""The conductor, with the real scorer, the scripted client and a real database."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clients.engine import Chunk, Moment
from simulator.clients.scripted import Scripted
from simulator.content.library import Library
from simulator.errors import ContentError, EngineError, ReplyError, SimulatorError, StoreError, UsageError
from simulator.practice import MOST_CHARACTERS, Material, Practice, find, kept_material, readable
from simulator.records.store import Store
from simulator.scoring.encoder import Encoder
from simulator.scoring.scorer import Scorer
from simulator.scoring.topics import Topics
from simulator.session import Exchange, Reply, Scores, Session

SEED = 3
WARM = [
    "It sounds like the nights have become something you dread.",
    "You lie there, and it gets heavier and heavier, all on your own.",
    "What is that like for you, at three in the morning?",
    "And you have been carrying that quite alone.",
    "I wonder what it is like to say it out loud, here.",
]
HARSH = [
    "You're being pathetic. Pull yourself together, honestly.",
    "That's just lazy and selfish, and you know it.",
    "You should be ashamed of yourself, other people manage.",
    "You're a liar and a weak person.",
]

Begin = Callable[..., Practice]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture(scope="module")
def maya(library: Library) -> Material:
    return find(library, "maya")


@pytest.fixture(scope="module")
def topics(maya: Material, encoder: Encoder) -> Topics:
    return Topics(maya.persona.value, encoder)


@pytest.fixture
def begin(maya: Material, scorer: Scorer, topics: Topics, store: Store) -> Begin:
    """Return what begins a session with Maya; any part can be put in place of its own."""

    def started(**parts: Any) -> Practice:
        whole = {"material": maya, "scorer": scorer, "topics": topics, "engine": Scripted(), "store": store}
        return Practice.start(**{**whole, "seed": SEED, **parts})

    return started


@pytest.fixture
def exercise(library: Library, maya: Material) -> Callable[..., Material]:
    """Return what makes the material of a small exercise with Maya."""

    def made(**changes: Any) -> Material:
        loaded = library.exercise("first-meeting")
        return dataclasses.replace(
            maya, exercise=dataclasses.replace(loaded, value=loaded.value.model_copy(update=changes))
        )

    return made


def said(practice: Practice) -> list[str]:
    return [practice.session.opening.text, *(one.client.text for one in practice.session.exchanges)]


def timeless(session: Session) -> str:
    """Return a session as JSON without what names this one sitting."""
    plain = session.model_dump(exclude={"id", "started", "ended"})
    for one in plain["exchanges"]:
        del one["at"]
    return str(plain)


class TestTurns:
    def test_shown_means_saved(self, begin: Begin, store: Store) -> None:
        practice = begin()
        assert store.session(practice.session.id) == practice.session
        for reply in WARM:
            exchange = practice.take_turn(reply)
            assert store.session(practice.session.id) == practice.session
            assert practice.session.exchanges[-1] == exchange
        assert [one.number for one in practice.session.exchanges] == list(range(1, len(WARM) + 1))

    def test_each_turn_follows_from_the_one_before(self, begin: Begin, scorer: Scorer, topics: Topics) -> None:
        """A recorded turn is what scoring, rules and client make of what was said and the state before it."""
        from simulator import alliance

        practice = begin()
        for reply in WARM[:3]:
            heard, before = practice.session.last_words, practice.session.state
            exchange = practice.take_turn(reply)
            assert exchange.scores == scorer.score(heard, reply)
            step = alliance.advance(practice.material.persona.value, before, exchange.scores, topics.read(reply))
            assert (exchange.state, exchange.events) == (step.state, step.events)
            sources = [line.split("#")[0] for line in exchange.client.lines]
            assert sources == list(step.cue.sources)

    def test_scores_then_listens_then_speaks_then_saves(
        self, begin: Begin, scorer: Scorer, topics: Topics, store: Store
    ) -> None:
        noted: list[str] = []

        class NotedScorer:
            digest = scorer.digest

            def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
                noted.append("scores")
                return scorer.score(client, reply, at_stake)

        class NotedTopics:
            def read(self, text: str) -> Reply:
                noted.append("listens")
                return topics.read(text)

        class NotedClient(Scripted):
            def reply(self, moment: Moment) -> Iterator[Chunk]:
                noted.append("speaks")
                return super().reply(moment)

        practice = begin(scorer=NotedScorer(), topics=NotedTopics(), engine=NotedClient())
        noted.clear()
        heard_before_saved: list[int] = []

        def shown(text: str) -> None:
            noted.append("shown")
            heard_before_saved.append(len(store.session(practice.session.id).exchanges))

        exchange = practice.take_turn(WARM[0], shown)
        assert noted == ["scores", "listens", "speaks", *["shown"] * len(exchange.client.lines)]
        assert set(heard_before_saved) == {0}
        assert len(store.session(practice.session.id).exchanges) == 1

    def test_words_come_as_they_are_found(self, begin: Begin) -> None:
        pieces: list[str] = []
        exchange = begin().take_turn(WARM[0], pieces.append)
        assert " ".join(pieces) == exchange.client.text

    def test_a_boundary_is_scored_while_the_client_tests_one(self, begin: Begin) -> None:
        practice = begin()
        tested = 0
        for reply in WARM * 2:
            waiting = practice.session.state.probe
            exchange = practice.take_turn(reply)
            if waiting:
                assert exchange.scores.level("boundary_keeping") is not None
                tested += 1
        assert tested, "no boundary was tested; say more"

    def test_reading_ahead_changes_nothing(self, begin: Begin, store: Store) -> None:
        practice = begin()
        before = practice.session
        practice.warm()
        assert practice.session == before == store.session(before.id)


class TestSeeds:
    def test_the_same_seed_and_replies_give_the_same_session(self, begin: Begin) -> None:
        first, second = begin(), begin()
        for reply in WARM:
            first.take_turn(reply)
            second.take_turn(reply)
        assert timeless(first.end()) == timeless(second.end())
        assert first.session.id != second.session.id

    def test_another_seed_gives_other_words(self, begin: Begin) -> None:
        conversations = set()
        for seed in range(6):
            practice = begin(seed=seed)
            practice.take_turn(WARM[0])
            conversations.add(tuple(said(practice)))
        assert len(conversations) > 1

    def test_without_one_each_session_draws_its_own(self, begin: Begin) -> None:
        assert len({begin(seed=None).session.seed for _ in range(3)}) == 3

    def test_no_line_is_said_twice_while_another_fits_and_all_are_the_author_s(self, begin: Begin) -> None:
        practice = begin()
        for reply in [*WARM, *WARM]:
            practice.take_turn(reply)
        persona, session = practice.material.persona.value, practice.session
        for text, lines in [(one.client.text, one.client.lines) for one in session.exchanges]:
            authored = [persona.lines(source)[int(number)] for source, number in (line.split("#") for line in lines)]
            assert text == " ".join(authored)
        used = [line for one in session.exchanges for line in one.client.lines]
        for line in used:
            source = line.split("#")[0]
            of_source = [one for one in used if one.startswith(f"{source}#")]
            assert len(set(of_source)) == min(len(of_source), len(persona.lines(source)))


class Speechless(Scripted):
    """Lose the thread after the first words, as a model does whose connection breaks."""

    def __init__(self) -> None:
        self.broken = False

    def reply(self, moment: Moment) -> Iterator[Chunk]:
        for chunk in super().reply(moment):
            yield chunk
            if self.broken:
                raise EngineError("the client could not find words")


class Deaf:
    """Fail to score, or to take in what a reply is about."""

    digest = "deaf"

    def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
        raise SimulatorError("the encoder failed")

    def read(self, text: str) -> Reply:
        raise SimulatorError("the encoder failed")


class TestFailures:
    def assert_as_before(self, practice: Practice, store: Store, before: Session) -> None:
        assert practice.session == before
        assert store.session(before.id) == before

    def test_of_the_client_keep_nothing_and_the_reply_can_be_sent_again(self, begin: Begin, store: Store) -> None:
        engine = Speechless()
        practice, unbroken = begin(engine=engine), begin()
        practice.take_turn(WARM[0])
        unbroken.take_turn(WARM[0])
        before, engine.broken = practice.session, True
        with pytest.raises(EngineError, match="could not find words"):
            practice.take_turn(WARM[1])
        self.assert_as_before(practice, store, before)
        engine.broken = False
        practice.take_turn(WARM[1])
        unbroken.take_turn(WARM[1])
        assert timeless(practice.session) == timeless(unbroken.session)
        assert store.session(before.id) == practice.session

    @pytest.mark.parametrize("part", ["scorer", "topics"])
    def test_of_scoring_keep_nothing(self, begin: Begin, store: Store, part: str) -> None:
        practice = begin(**{part: Deaf()})
        before = practice.session
        with pytest.raises(SimulatorError, match="the encoder failed"):
            practice.take_turn(WARM[0])
        self.assert_as_before(practice, store, before)

    def test_of_the_database_keep_nothing_and_the_reply_can_be_sent_again(
        self, begin: Begin, store: Store, path: Path
    ) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        before = practice.session
        change(path, "CREATE TRIGGER refuse BEFORE INSERT ON exchanges BEGIN SELECT RAISE(ABORT, 'no more'); END")
        with pytest.raises(StoreError, match="your reply was not saved"):
            practice.take_turn(WARM[1])
        self.assert_as_before(practice, store, before)
        change(path, "DROP TRIGGER refuse")
        practice.take_turn(WARM[1])
        assert store.session(before.id) == practice.session

    def test_of_the_database_at_the_end_leave_the_session_open(self, begin: Begin, store: Store, path: Path) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        before = practice.session
        change(path, "CREATE TRIGGER refuse BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no more'); END")
        for failing in (practice.end, lambda: practice.rate({"empathy": 3})):
            with pytest.raises(StoreError):
                failing()
            self.assert_as_before(practice, store, before)
        change(path, "DROP TRIGGER refuse")
        assert practice.end().ended

    def test_of_the_database_when_taking_back_keep_the_turn(self, begin: Begin, store: Store, path: Path) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        before = practice.session
        change(path, "CREATE TRIGGER refuse BEFORE DELETE ON exchanges BEGIN SELECT RAISE(ABORT, 'no more'); END")
        with pytest.raises(StoreError, match="nothing was taken back"):
            practice.undo()
        self.assert_as_before(practice, store, before)

    def test_a_session_that_cannot_be_kept_does_not_begin(self, begin: Begin, store: Store, path: Path) -> None:
        change(path, "DROP TABLE exchanges", "DROP TABLE sessions")
        with pytest.raises(StoreError, match=r"sessions\.db lacks tables"):
            begin()

    def test_two_programs_do_not_mix_their_turns(self, begin: Begin, store: Store, path: Path) -> None:
        """The same session opened twice: the second to answer is refused, and says so."""
        practice = begin()
        other = begin()
        other.session = practice.session
        practice.take_turn(WARM[0])
        with pytest.raises(StoreError, match="does not follow"):
            other.take_turn(WARM[1])
        assert store.session(practice.session.id) == practice.session


def change(path: Path, *statements: str) -> None:
    """Change a database behind the store's back, as another program might."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


class TestReplies:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("  It is heavy.\n", "It is heavy."),
            ("It is\nheavy.", "It is heavy."),
            ("\x1b[31mred\x1b[0m", "[31mred [0m"),
            ("bell\x07 and \x00 nul", "bell  and   nul"),
            ("[bold]not markup[/bold] <b>nor this</b>", "[bold]not markup[/bold] <b>nor this</b>"),
            ("{{ 7 * 7 }} %s {0}", "{{ 7 * 7 }} %s {0}"),
            ("\u202eright to left\u202c", "right to left"),
            ("half a pair \ud83d", "half a pair"),
            ("🙂🙂", "🙂🙂"),
            ("તને ઊંઘ નથી આવતી?", "તને ઊંઘ નથી આવતી?"),
            ("眠れないのですね。", "眠れないのですね。"),
            ("كيف حالك؟", "كيف حالك؟"),
            ("hiii im sory ur sad :(", "hiii im sory ur sad :("),
            ("12345", "12345"),
            ("   \t\n ", ""),
            ("", ""),
        ],
    )
    def test_of_every_kind_are_taken_and_kept_as_text(self, begin: Begin, store: Store, typed: str, kept: str) -> None:
        practice = begin()
        exchange = practice.take_turn(typed)
        assert exchange.counsellor == kept
        assert exchange.client.text
        again = store.session(practice.session.id)
        assert again == practice.session
        assert Exchange.model_validate_json(exchange.model_dump_json()) == exchange

    @pytest.mark.parametrize("typed", ["", "  ", "🙂", "...", "12345"])
    def test_without_a_word_are_not_scored(self, begin: Begin, typed: str) -> None:
        exchange = begin().take_turn(typed)
        assert all(score.level is None for score in exchange.scores.criteria.values())
        assert exchange.state.disclosed == ()

    def test_of_no_text_are_silence(self, begin: Begin) -> None:
        practice = begin()
        exchange = practice.take_turn("")
        assert exchange.state.silences == 1
        assert exchange.client.text in practice.material.persona.value.reactions.silence

    def test_as_long_as_can_be_are_taken_and_longer_ones_refused(self, begin: Begin, store: Store) -> None:
        practice = begin()
        sentence = "It sounds as if the nights are long, and you dread them. "
        longest = (sentence * MOST_CHARACTERS)[: MOST_CHARACTERS - 1] + "."
        with pytest.raises(ReplyError, match=f"{MOST_CHARACTERS + 1:,} characters"):
            practice.take_turn(longest + "!")
        assert store.session(practice.session.id) == practice.session
        assert practice.session.exchanges == ()
        exchange = practice.take_turn(longest)
        assert exchange.counsellor == longest
        assert exchange.scores.level("empathy") is not None

    @given(st.text(max_size=200))
    def test_are_readable_once_and_for_all(self, text: str) -> None:
        plain = readable(text)
        assert plain.isprintable()
        assert plain == plain.strip()
        assert readable(plain) == plain
        assert plain.split() == "".join(c if c.isprintable() else " " for c in text).split(), "no word is lost"


class TestTakingBack:
    def test_gives_the_session_as_it_was(self, begin: Begin, store: Store) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        before = practice.session
        last = practice.take_turn(HARSH[0])
        assert practice.undo() == last
        assert practice.session == before == store.session(before.id)

    def test_and_saying_it_again_gives_the_same(self, begin: Begin) -> None:
        practice = begin()
        first = practice.take_turn(WARM[0])
        practice.undo()
        again = practice.take_turn(WARM[0])
        assert again.model_copy(update={"at": first.at}) == first

    def test_needs_something_to_take_back(self, begin: Begin) -> None:
        practice = begin()
        with pytest.raises(UsageError, match="nothing to take back"):
            practice.undo()

    def test_is_over_when_the_session_is(self, begin: Begin, store: Store) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        practice.end()
        with pytest.raises(UsageError, match="nothing to take back"):
            practice.undo()
        assert store.session(practice.session.id) == practice.session

    def test_brings_back_a_client_who_has_just_left(self, begin: Begin) -> None:
        practice = begin()
        leave(practice)
        practice.undo()
        assert not practice.over
        practice.take_turn(WARM[0])


def leave(practice: Practice) -> None:
    """Hurt the client until it leaves."""
    for reply in HARSH * 3:
        if practice.over:
            return
        practice.take_turn(reply)
    pytest.fail("the client put up with all of it")


class TestEnding:
    def test_is_kept_with_last_words(self, begin: Begin, store: Store) -> None:
        practice = begin()
        practice.take_turn(WARM[0])
        session = practice.end()
        assert session.ended
        assert session.ended_by == "counsellor"
        assert session.closing is not None
        assert session.closing.text in practice.material.persona.value.ending.unfinished
        assert session.verdict is None, "a free session has no pass rule"
        assert store.session(session.id) == session

    def test_twice_changes_nothing(self, begin: Begin, store: Store) -> None:
        practice = begin()
        first = practice.end()
        assert practice.end() == first == store.session(first.id)

    def test_nothing_can_be_said_afterwards(self, begin: Begin, store: Store) -> None:
        practice = begin()
        practice.end()
        with pytest.raises(UsageError, match="the session is over"):
            practice.take_turn(WARM[0])
        assert store.session(practice.session.id).exchanges == ()

    def test_a_client_who_leaves_has_said_the_last_word(self, begin: Begin, store: Store) -> None:
        practice = begin()
        leave(practice)
        assert practice.session.state.ended == "abrupt"
        with pytest.raises(UsageError, match="the session is over"):
            practice.take_turn("Wait!")
        session = practice.end()
        assert (session.ended_by, session.closing) == ("client", None)
        assert session.last_words in practice.material.persona.value.ending.abrupt

    def test_the_turns_of_an_exercise_run_out(
        self, begin: Begin, store: Store, exercise: Callable[..., Material]
    ) -> None:
        practice = begin(material=exercise(turns=2))
        left = [practice.turns_left]
        for reply in WARM[:2]:
            practice.take_turn(reply)
            left.append(practice.turns_left)
        assert left == [2, 1, 0]
        with pytest.raises(UsageError, match="the session is over"):
            practice.take_turn(WARM[2])
        session = practice.end()
        assert session.ended_by == "turns"
        assert session.verdict is not None
        assert not session.verdict.passed, "two turns are too few to judge"
        assert store.session(session.id) == session

    def test_a_free_session_has_no_end_of_its_own(self, begin: Begin) -> None:
        assert begin().turns_left is None

    def test_own_ratings_are_kept(self, begin: Begin, store: Store) -> None:
        practice = begin()
        practice.end()
        practice.rate({"empathy": 4})
        assert practice.session.self_rating is not None
        assert practice.session.self_rating.levels == {"empathy": 4}
        assert store.session(practice.session.id) == practice.session


class TestResuming:
    def test_goes_on_as_if_it_had_never_stopped(
        self, begin: Begin, path: Path, store: Store, scorer: Scorer, topics: Topics
    ) -> None:
        live = begin()
        stopped = begin()
        for reply in WARM[:2]:
            live.take_turn(reply)
            stopped.take_turn(reply)
        with Store(f"sqlite:///{path}") as opened:
            session = opened.session(stopped.session.id)
            assert session == stopped.session
            resumed = Practice(session, kept_material(opened, session), scorer, topics, Scripted(), opened)
            for reply in WARM[2:]:
                live.take_turn(reply)
                resumed.take_turn(reply)
            assert timeless(resumed.end()) == timeless(live.end())
        assert timeless(store.session(session.id)) == timeless(live.session)

    def test_a_recorded_session_replays_to_the_same_bytes(self, begin: Begin, store: Store) -> None:
        practice = begin()
        for reply in [*WARM, "", HARSH[0], "I'm sorry, that was unfair of me."]:
            practice.take_turn(reply)
        recorded = store.session(practice.end().id)
        replayed = begin(seed=recorded.seed, material=kept_material(store, recorded), now=lambda: "now")
        for exchange in recorded.exchanges:
            replayed.take_turn(exchange.counsellor)
        at_once = replayed.end()
        moved = {"id": at_once.id, "started": "now", "ended": "now"}
        exchanges = tuple(one.model_copy(update={"at": "now"}) for one in recorded.exchanges)
        expected = recorded.model_copy(update={**moved, "exchanges": exchanges})
        assert at_once.model_dump_json() == expected.model_dump_json()

    def test_uses_the_persona_as_it_was(
        self, tmp_path: Path, library: Library, begin: Begin, store: Store, maya: Material
    ) -> None:
        file = tmp_path / "personas" / "maya.yaml"
        file.parent.mkdir()
        file.write_text(maya.persona.path.read_text(encoding="utf8"), encoding="utf8")
        mine = find(Library([tmp_path, *library.roots]), "maya")
        assert mine.persona.digest == maya.persona.digest
        practice = begin(material=mine)
        changed = file.read_text(encoding="utf8").replace("name: Maya", "name: Somebody Else", 1)
        file.write_text(changed, encoding="utf8")
        assert find(Library([tmp_path, *library.roots]), "maya").persona.value.name == "Somebody Else"
        kept = kept_material(store, practice.session)
        assert kept.persona.value == maya.persona.value
        assert kept.rubric.value == maya.rubric.value
        assert kept.rubric.bank == maya.rubric.bank
        assert (kept.persona.digest, kept.rubric.digest) == (maya.persona.digest, maya.rubric.digest)


class TestFinding:
    def test_a_persona_comes_with_the_usual_rubric(self, maya: Material) -> None:
        assert (maya.persona.value.id, maya.rubric.value.id, maya.exercise) == ("maya", "core", None)

    def test_an_exercise_comes_with_its_client(self, library: Library) -> None:
        found = find(library, "first-meeting")
        assert found.exercise is not None
        assert found.persona.value.id == found.exercise.value.persona
        assert found.stage == found.exercise.value.stage
        assert [kind for kind, *_ in found.contents()] == ["persona", "rubric", "exercise"]

    def test_a_slip_of_the_keyboard_is_put_right(self, library: Library) -> None:
        with pytest.raises(ContentError, match=r"no client or exercise 'mya'; did you mean 'maya'\?"):
            find(library, "mya")

    def test_a_path_is_taken_too(self, library: Library, maya: Material) -> None:
        assert find(library, str(maya.persona.path)).persona.value == maya.persona.value
        exercise = library.path("exercise", "first-meeting")
        assert find(library, str(exercise)).exercise is not None
        with pytest.raises(ContentError, match="there is no file"):
            find(library, "nowhere/maya.yaml")

    def test_an_exercise_that_names_what_its_client_lacks_cannot_be_used(
        self, tmp_path: Path, library: Library
    ) -> None:
        text = library.path("exercise", "first-meeting").read_text(encoding="utf8")
        file = tmp_path / "exercises" / "first-meeting.yaml"
        file.parent.mkdir()
        file.write_text(text.replace("code: confidentiality", "code: confidential"), encoding="utf8")
        with pytest.raises(ContentError, match="no code 'confidential'"):
            find(Library([tmp_path, *library.roots]), "first-meeting")

    def test_an_exercise_says_where_it_begins_and_when_feedback_is_shown(
        self, begin: Begin, exercise: Callable[..., Material], library: Library
    ) -> None:
        start = library.exercise("first-meeting").value.start.model_copy(
            update={"trust": 0.6, "disclosed": ("insomnia",), "covered": ("confidentiality",)}
        )
        practice = begin(material=exercise(stage="exploring", start=start, feedback="none"), feedback="full")
        state = practice.session.start
        assert (state.stage, state.trust, state.disclosed) == ("exploring", 0.6, ("insomnia",))
        assert practice.session.feedback == "none"
        assert practice.session.opening.lines[0].startswith("stages.exploring.opening")

    def test_a_free_session_shows_feedback_unless_told_otherwise(self, begin: Begin) -> None:
        assert begin().session.feedback == "full"
        assert begin(feedback="end").session.feedback == "end"

    def test_a_session_names_all_that_made_it(self, begin: Begin, maya: Material, scorer: Scorer, store: Store) -> None:
        session = begin().session
        assert session.seed == SEED
        assert session.engine == "scripted"
        assert session.scorer_digest == scorer.digest
        for digest, loaded in ((session.persona_digest, maya.persona), (session.rubric_digest, maya.rubric)):
            assert digest == loaded.digest
            assert store.content(digest) == loaded.data
