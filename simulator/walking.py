"""Walk through a persona as its author wrote down: what is said, and whether what must follow does follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator import alliance
from simulator.clients.engine import Moment
from simulator.clients.scripted import Scripted
from simulator.content.persona import Persona
from simulator.content.walkthrough import Expect, Said, Walk
from simulator.practice import Listening, Scoring
from simulator.session import ClientState, CriterionScore, Reply, Scores, Step


def walk(persona: Persona, way: Walk, scorer: Scoring, topics: Listening) -> Iterator[str]:
    """Yield a message for each expectation that is not met, with the turn and what happened instead."""
    state = alliance.begin(persona, way.stage, way.trust, way.disclosed, way.covered)
    engine = Scripted()
    moment = Moment(persona, state, alliance.opening_cue(state), (), (), way.seed)
    spoken = [chunk.text for chunk in engine.reply(moment)]
    said: tuple[str, ...] = ()
    for number, turn in enumerate(way.turns, 1):
        if state.ended:
            yield f"{way.name}, turn {number}: the session was already over"
            return
        scores = _scores(turn, scorer, " ".join(spoken), state)
        reply = topics.read(turn.say) if turn.say.strip() else Reply(text="")
        step = alliance.advance(persona, state, scores, reply)
        chunks = list(engine.reply(Moment(persona, step.state, step.cue, said, (), way.seed)))
        spoken = [chunk.text for chunk in chunks]
        said += tuple(chunk.line for chunk in chunks if chunk.line)
        for message in _unmet(turn.expect, state, step):
            heard = f"levels {_levels(scores)}; trust {step.state.trust:.2f}; the client said: {' '.join(spoken)}"
            yield f"{way.name}, turn {number} ({turn.say[:50]!r}): {message} ({heard})"
        state = step.state


def _scores(turn: Said, scorer: Scoring, client: str, state: ClientState) -> Scores:
    if turn.levels is None:
        return scorer.score(client, turn.say, at_stake=state.probe is not None)
    return assumed(turn.levels, turn.codes or ())


def assumed(levels: Mapping[str, float], codes: tuple[str, ...]) -> Scores:
    """Make the scores of a reply from given levels and codes."""
    criteria = {name: CriterionScore(level=level, confidence=1.0, reason="assumed") for name, level in levels.items()}
    return Scores(behaviour="other", codes=dict.fromkeys(codes, 1.0), criteria=criteria)


def _levels(scores: Scores) -> str:
    return ", ".join(f"{name} {one.level}" for name, one in scores.criteria.items() if one.level is not None) or "none"


def _unmet(expect: Expect, before: ClientState, step: Step) -> Iterator[str]:
    """Compare what followed with what was expected."""
    after = step.state
    told = [name for name in after.disclosed if name not in before.disclosed]
    if expect.discloses and expect.discloses not in told:
        yield f"'{expect.discloses}' should have been told; told: {', '.join(told) or 'nothing'}"
    if expect.withholds and expect.withholds in after.disclosed:
        yield f"'{expect.withholds}' should not have been told"
    if expect.stage and after.stage != expect.stage:
        yield f"the stage should be {expect.stage}, and is {after.stage}"
    if expect.trust:
        moved = "rises" if after.trust > before.trust else "falls" if after.trust < before.trust else "holds"
        if moved != expect.trust:
            yield f"trust {moved} where it {expect.trust} by the walkthrough"
    if expect.rupture:
        found = after.rupture.shows_as if after.rupture else "none"
        if found != expect.rupture:
            yield f"the open rupture should be {expect.rupture}, and is {found}"
    if expect.repaired is not None and (after.repairs > before.repairs) != expect.repaired:
        yield "the rupture should have been mended" if expect.repaired else "no rupture should have been mended"
    if expect.probe and after.probe != expect.probe:
        yield f"the client should test '{expect.probe}'; tested: {after.probe or 'nothing'}"
    if expect.covers and (expect.covers not in after.covered or expect.covers in before.covered):
        yield f"'{expect.covers}' should have been covered by this reply"
    if expect.ended is not None and (after.ended is not None) != expect.ended:
        yield "the session should be over" if expect.ended else "the session should not be over"
