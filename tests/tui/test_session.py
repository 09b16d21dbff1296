"""The room: what is typed is never lost, what people say is text, and feedback comes when it may."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.errors import EngineError, StoreError
from simulator.tui.app import SimulatorApp
from simulator.tui.screens.debrief import Debrief
from simulator.tui.screens.home import Home
from simulator.tui.screens.rating import Rating
from simulator.tui.screens.session import Sitting
from simulator.tui.screens.sheets import Confirm
from simulator.tui.widgets.notice import Notice
from simulator.tui.widgets.reply_input import ReplyInput

from .helpers import on, painted, reply, sit, text_of, until, write

Make = Callable[..., SimulatorApp]
SIZES = [(80, 24), (140, 40)]
DREAD = "You dread the night before it is dark."


def typed(sitting: Sitting) -> str:
    return sitting.query_one(ReplyInput).text


def turns(sitting: Sitting) -> int:
    return len(sitting.practice.session.exchanges)


def notice(sitting: Sitting) -> str:
    found = sitting.query_one(Notice)
    return str(found.content) if found.display else ""


@pytest.mark.parametrize("size", SIZES)
async def test_what_looks_like_markup_or_a_command_is_shown_as_it_was_typed(make: Make, size: tuple[int, int]) -> None:
    async with make().run_test(size=size) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, "[red]x[/red] [@click=app.quit]y[/]")
        assert "[red]x[/red] [@click=app.quit]y[/]" in painted(pilot)
        await write(pilot, sitting, "\x1b[31mred\x1b[0m \x07 and \u202eback")
        await pilot.press("enter")
        await until(pilot, lambda: len(sitting.practice.session.exchanges) == 2 and not sitting.busy)
        shown = painted(pilot)
        assert "\x1b" not in shown and "\x07" not in shown and "\u202e" not in shown
        assert "[31mred" in shown


async def test_a_clients_words_with_markup_are_text(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.clients.engine import Chunk
    from simulator.clients.scripted import Scripted

    monkeypatch.setattr(
        Scripted, "reply", lambda *_: iter([Chunk("[b]hm[/b] \x1b]0;x\x07 (smiles)", "reactions.neutral#0")])
    )
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, "What is it like?")
        assert "[b]hm[/b] ␛]0;x␇ (smiles)" in painted(pilot)


@pytest.mark.parametrize("error", [StoreError("the disk is full"), EngineError("no words"), ValueError("surprise")])
async def test_a_failure_keeps_what_was_typed_and_the_session_goes_on(
    make: Make, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    from simulator.records.store import Store

    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)

        def fail(*_: object) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(Store, "append", fail)
            await write(pilot, sitting, DREAD)
            await pilot.press("enter")
            await until(pilot, lambda: notice(sitting) and not sitting.busy)
        assert str(error).lower() in notice(sitting).lower()
        assert typed(sitting) == DREAD
        assert sitting.practice.session.exchanges == ()
        # Nothing of what was not saved is left in the conversation.
        assert "You " not in "\n".join(painted(pilot).splitlines()[:-6])
        await pilot.press("enter")
        await until(pilot, lambda: len(sitting.practice.session.exchanges) == 1 and not sitting.busy)
        assert typed(sitting) == "" and notice(sitting) == ""


async def test_a_reply_that_is_too_long_stays_in_the_input(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        text = "word " * 4000
        await write(pilot, sitting, text)
        await pilot.press("enter")
        await until(pilot, lambda: notice(sitting))
        assert "20,000 characters" in notice(sitting)
        assert typed(sitting) == text
        assert sitting.practice.session.exchanges == ()


async def test_enter_with_nothing_typed_only_hints_and_silence_is_deliberate(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await pilot.press("enter")
        assert "^S" in notice(sitting)
        assert not turns(sitting)
        await write(pilot, sitting, "a draft")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(sitting.practice.session.exchanges) == 1 and not sitting.busy)
        assert sitting.practice.session.exchanges[0].counsellor == ""
        assert "(says nothing)" in painted(pilot)
        assert typed(sitting) == "a draft"


async def test_a_new_line_does_not_send(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert typed(sitting) == "a\nb\nc"
        assert sitting.query_one(ReplyInput).size.height == 3


async def test_the_last_exchange_can_be_taken_back(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, "I should ask about your shoes.")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: typed(sitting))
        assert typed(sitting) == "I should ask about your shoes."
        assert sitting.practice.session.exchanges == ()
        assert "turn 1" in painted(pilot)
        # With something typed, the key undoes typing, as everywhere.
        await pilot.press("end", "x")
        await pilot.press("ctrl+z")
        assert typed(sitting) == "I should ask about your shoes."


async def test_in_an_exercise_nothing_is_taken_back(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot, "2")
        await reply(pilot, sitting, DREAD)
        await pilot.press("ctrl+z")
        assert "exercise" in notice(sitting)
        assert len(sitting.practice.session.exchanges) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_full_feedback_shows_levels_reasons_words_and_what_changed(make: Make, size: tuple[int, int]) -> None:
    async with make().run_test(size=size) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, DREAD)
        assert "empathy 4 adds" in painted(pilot)
        if size[0] < 100:
            await pilot.press("f2")
        await pilot.pause()
        shown = painted(pilot)
        assert "▰▰▰▰▱ adds" in shown and "Adds; names a feeling" in shown
        assert "+ “dread”" in shown
        assert "not at stake" in shown
        assert "Between you" in text_of(pilot) and "trust grew" in text_of(pilot)
        await pilot.press("f4")
        assert "Names the dread." in text_of(pilot)


async def test_feedback_on_request_waits_for_the_key(make: Make) -> None:
    async with make(feedback="request").run_test(size=(140, 40)) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, DREAD)
        before = painted(pilot)
        assert "adds" not in before and "trust" not in before and "F3" in before
        await pilot.press("f3")
        await pilot.pause()
        assert "empathy 4 adds" in painted(pilot) and "trust" in painted(pilot)


@pytest.mark.parametrize(("down", "told"), [(0, True), (1, False)])
async def test_feedback_at_the_end_or_never_is_not_shown_before(make: Make, down: int, told: bool) -> None:
    async with make().run_test(size=(140, 40)) as pilot:
        sitting = await sit(pilot, "2", down)
        await reply(pilot, sitting, DREAD)
        for key in ("f2", "f3", "f4"):
            await pilot.press(key)
            await pilot.pause()
            shown = painted(pilot)
            assert "adds" not in shown and "trust" not in shown and "warming" not in shown
        await reply(pilot, sitting, "What is it like? I am here.")
        if down == 0:
            await reply(pilot, sitting, "You sound tired, and still you came.")
        await until(pilot, lambda: sitting.practice.session.ended and not sitting.busy)
        await pilot.press("enter")
        if down == 0:
            rating = await on(pilot, Rating)
            await pilot.press("4", "down", "5", "down", "6", "enter")
            del rating
        debrief = await on(pilot, Debrief)
        shown = text_of(pilot)
        assert ("Passed" in shown) or ("Not passed" in shown)
        assert ("trust" in shown) == told and ("How your replies were spread" in shown) == told
        if told:
            assert "you rated yourself 4" in shown
        await pilot.press("s")
        await pilot.pause()
        if not told:
            assert "keeps its scores to itself" in str(debrief.query_one(Notice).content)


async def test_locked_disclosures_are_never_named(make: Make) -> None:
    async with make().run_test(size=(140, 40)) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, "what is the hardest part")
        events = sitting.practice.session.exchanges[0].events
        shown = text_of(pilot)
        assert "the_wish" not in shown and "less_alone" not in shown
        del events


async def test_ending_asks_once_and_leaving_keeps_the_session_open(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await reply(pilot, sitting, DREAD)
        await pilot.press("ctrl+e")
        await on(pilot, Confirm)
        await pilot.press("escape")
        await on(pilot, Sitting)
        assert sitting.practice.session.ended is None
        await pilot.press("escape")
        await on(pilot, Home)
        await pilot.press("3")
        await until(pilot, lambda: "open" in painted(pilot))
        await pilot.press("enter")
        again = await on(pilot, Sitting)
        assert again.practice.session.id == sitting.practice.session.id
        assert DREAD[:20] in painted(pilot) and "empathy 4 adds" in painted(pilot)
        await reply(pilot, again, "What is it like?")
        await pilot.press("f10")
        await on(pilot, Confirm)
        await pilot.press("enter")
        await until(pilot, lambda: again.practice.session.ended and not again.busy)
        assert "You have ended the session." in painted(pilot)


async def test_a_session_that_ends_by_itself_says_so(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot, "2", 1)
        await reply(pilot, sitting, DREAD)
        await reply(pilot, sitting, "")
        await until(pilot, lambda: sitting.practice.session.ended and not sitting.busy)
        assert "All replies have been given." in painted(pilot)
        assert not sitting.query_one(ReplyInput).display


async def test_a_closing_that_fails_can_be_tried_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.records.store import Store

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot, "2", 1)
        await reply(pilot, sitting, DREAD)
        with monkeypatch.context() as broken:
            broken.setattr(Store, "finish", fail)
            await reply(pilot, sitting, DREAD)
            await until(pilot, lambda: "disk is full" in notice(sitting))
        await pilot.press("enter")
        await until(pilot, lambda: sitting.practice.session.ended and not sitting.busy)
        await pilot.press("enter")
        await on(pilot, Debrief)


@pytest.mark.parametrize("small", [(20, 5), (39, 30), (90, 11), (1, 1)])
async def test_a_tiny_terminal_is_covered_and_nothing_typed_is_lost(make: Make, small: tuple[int, int]) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        sitting = await sit(pilot)
        await write(pilot, sitting, "half a sentence")
        await pilot.resize_terminal(*small)
        await pilot.pause()
        if small[0] > 30:
            assert "Please make the window a little larger." in painted(pilot)
        assert "half a sentence" not in painted(pilot)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert "half a sentence" in painted(pilot)
        await pilot.press("!")
        assert typed(sitting) == "half a sentence!"


async def test_typing_goes_into_the_reply_wherever_the_focus_is(make: Make) -> None:
    async with make().run_test(size=(140, 40)) as pilot:
        sitting = await sit(pilot)
        await pilot.press("tab", "h", "i")
        assert typed(sitting) == "hi"
