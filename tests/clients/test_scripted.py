"""The scripted client: the educator's own lines, fresh ones first, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import alliance
from simulator.clients.engine import Chunk, Moment
from simulator.clients.scripted import FALLBACK, Scripted
from simulator.content.library import Library
from simulator.content.persona import Persona
from simulator.errors import EngineError
from simulator.paths import bundled_folder
from simulator.session import Cue

PERSONAS = [one.value for one in Library([bundled_folder()]).readable("persona")[0]]
personas = st.sampled_from(PERSONAS)


def sources(persona: Persona) -> list[str]:
    """List every place from which a cue may speak."""
    found = [f"reactions.{name}" for name in type(persona.reactions).model_fields]
    found += [f"ending.{name}" for name in type(persona.ending).model_fields]
    for stage in type(persona.stages).model_fields:
        found += [f"stages.{stage}.opening", f"stages.{stage}.nudges"]
    for sore in persona.sensitivities:
        found += [f"sensitivities.{sore.id}.{part}" for part in ("lines", "strained", "repair.lines")]
    for disclosure in persona.disclosures:
        found += [f"disclosures.{disclosure.id}.{part}" for part in ("lines", "decline", "again")]
    for probe in persona.probes:
        found += [f"probes.{probe.id}.{part}" for part in ("lines", "held", "crossed", "cold", "avoided")]
    return found


def speak(
    persona: Persona, cue: Cue, seed: int = 1, said: tuple[str, ...] = (), turn: int = 1, history: str = ""
) -> list[Chunk]:
    state = alliance.begin(persona).model_copy(update={"turn": turn})
    return list(Scripted().reply(Moment(persona, state, cue, said, [("", history)], seed)))


def monologue(persona: Persona, cue: Cue, seed: int, turns: int) -> Iterator[str]:
    """Have a client answer the same cue again and again."""
    said: tuple[str, ...] = ()
    for turn in range(turns):
        for chunk in speak(persona, cue, seed, said, turn):
            assert chunk.line is not None
            said += (chunk.line,)
            yield chunk.line


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.id)
def test_every_place_is_spoken_from_in_the_author_s_words(persona: Persona) -> None:
    for source in sources(persona):
        (chunk,) = speak(persona, Cue(sources=(source,)))
        assert chunk.line is not None
        place, number = chunk.line.rsplit("#", 1)
        assert place == (source if persona.lines(source) else FALLBACK)
        assert chunk.text == persona.lines(place)[int(number)]


@settings(deadline=None)
@given(personas, st.data(), st.integers(0, 2**31))
def test_no_line_comes_again_while_another_is_left(persona: Persona, data: st.DataObject, seed: int) -> None:
    source = data.draw(st.sampled_from([one for one in sources(persona) if persona.lines(one)]))
    count = len(persona.lines(source))
    lines = list(monologue(persona, Cue(sources=(source,)), seed, 3 * count))
    assert len(set(lines[:count])) == count
    assert lines[count:] == lines[:-count], "then the one said longest ago comes first"


@settings(deadline=None)
@given(personas, st.data(), st.integers(0, 2**31))
def test_the_same_moment_is_always_answered_the_same(persona: Persona, data: st.DataObject, seed: int) -> None:
    drawn = data.draw(st.lists(st.sampled_from(sources(persona)), min_size=1, max_size=3, unique=True))
    cue = Cue(sources=tuple(drawn))
    assert speak(persona, cue, seed) == speak(persona, cue, seed, history="other words, the same moment")


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.id)
def test_another_seed_or_turn_says_it_otherwise(persona: Persona) -> None:
    source = max(sources(persona), key=lambda one: len(persona.lines(one)))
    cue, count = Cue(sources=(source,)), len(persona.lines(source))
    assert count > 2
    assert {speak(persona, cue, seed)[0].line for seed in range(20 * count)} == {f"{source}#{n}" for n in range(count)}
    assert len({speak(persona, cue, turn=turn)[0].line for turn in range(20)}) > 1


def test_several_places_are_spoken_from_in_order_and_empty_ones_passed_over() -> None:
    persona = PERSONAS[0]
    quiet = persona.disclosures[0].model_copy(update={"again": ()})
    persona = persona.model_copy(update={"disclosures": (quiet, *persona.disclosures[1:])})
    empty, full = f"disclosures.{quiet.id}.again", f"disclosures.{quiet.id}.lines"
    spoken = speak(persona, Cue(sources=("reactions.understood", empty, full)))
    assert [str(chunk.line).split("#")[0] for chunk in spoken] == ["reactions.understood", full]
    assert str(speak(persona, Cue(sources=(empty,)))[0].line).startswith(FALLBACK)


@pytest.mark.parametrize("source", ["reactions.delighted", "disclosures.nothing.lines", "nowhere", ""])
def test_a_place_that_does_not_exist_is_an_engine_error(source: str) -> None:
    with pytest.raises(EngineError, match=PERSONAS[0].name):
        speak(PERSONAS[0], Cue(sources=(source,)))
