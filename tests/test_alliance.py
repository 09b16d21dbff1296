"""The counselling rules by example, in the order of a session: read it as their specification."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import alliance
from simulator.alliance import telling
from simulator.alliance.advance import (
    BREAKS_AFTER,
    BREAKS_BELOW,
    LEAVES_RAPPORT,
    MOST_TRUST,
    NUDGE_AFTER,
    REPAIR_GAIN,
)
from simulator.alliance.felt import CROSSED_BELOW, HURT_BELOW, INTERROGATED_FROM, JUDGED_BELOW, MOST_FALL
from simulator.alliance.telling import AS_NEAR, FROM_LATER, NEAR, PROBE_APART
from simulator.content.authored import Mark, Stage
from simulator.content.persona import Persona
from simulator.session import ClientState, CriterionScore, Event, Reply, Rupture, Scores, Step


def sore(name: str, hurts: str, shows_as: str, needs: str) -> dict[str, Any]:
    lines = {part: [f"{name} {part}"] for part in ("lines", "strained")}
    repair = {"needs": needs, "lines": [f"{name} mended"]}
    return {"id": name, "why": "…", "hurts": hurts, "as": shows_as, **lines, "repair": repair}


def told(name: str, stage: Stage, trust: float, after: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    needs = {"trust": trust, "after": list(after)}
    return {"id": name, "stage": stage, "needs": needs, "about": [name], "lines": [f"about {name}"], **more}


def probe(name: str, stage: Stage, trust: float) -> dict[str, Any]:
    outcomes = {part: [f"{name} {part}"] for part in ("lines", "held", "crossed", "cold", "avoided")}
    return {"id": name, "kind": "gift", "when": {"stage": stage, "trust": trust}, **outcomes}


REACTIONS = "understood judged advised missed unclear silence deflecting neutral informed done"
STAGES: tuple[Stage, ...] = ("rapport", "exploring", "solutions", "termination")
TEXTS = "name presents briefing background trains culture"


@pytest.fixture(scope="module")
def sam() -> Persona:
    """Return a client with one thing of every kind."""
    return Persona.model_validate(
        {
            "schema": "persona/1",
            "id": "sam",
            **dict.fromkeys(TEXTS.split(), "Sam"),
            "voice": {"style": "plain"},
            "start": {"stage": "rapport", "trust": 0.2},
            "core": "secret",
            "stages": {stage: {"opening": [f"{stage}?"], "nudges": [f"{stage}!"]} for stage in STAGES},
            "sensitivities": [
                sore("lectured", "advice", "confrontation", "owning"),
                sore("blamed", "judgment", "withdrawal", "owning"),
                sore("unheard", "missed_feeling", "withdrawal", "understanding"),
                sore("quizzed", "questioning", "withdrawal", "owning"),
                sore("touched", "boundary", "confrontation", "owning"),
                sore("outshone", "self_disclosure", "withdrawal", "owning"),
                sore("cheered", "false_cheer", "withdrawal", "understanding"),
            ],
            "disclosures": [
                told("sleep", "rapport", 0.2, again=["more about sleep"]),
                told("work", "rapport", 0.3, ("sleep",), decline=["not about work"]),
                told("secret", "exploring", 0.5, ("work",), decline=["no secret"]),
                told("aim", "exploring", 0.4, ("sleep",), marks="goal"),
                told("step", "solutions", 0.4, marks="next_step"),
                told("change", "termination", 0.3, marks="gains"),
                told("goodbye", "termination", 0.3, marks="ending"),
                told("friends", "termination", 0.3, marks="support"),
            ],
            "probes": [probe("present", "rapport", 0.25), probe("hug", "rapport", 0.25)],
            "reactions": {kind: [kind] for kind in REACTIONS.split()},
            "ending": {"good": ["bye"], "unfinished": ["oh"], "abrupt": ["enough"]},
        }
    )


def at(stage: Stage = "rapport", trust: float = 0.4, **more: Any) -> ClientState:
    return ClientState(stage=stage, trust=trust, **more)


def heard(
    *codes: str, empathy: float | None = None, judgment: float | None = None, boundary: float | None = None
) -> Scores:
    levels = {"empathy": empathy, "non_judgment": judgment, "boundary_keeping": boundary}
    criteria = {name: CriterionScore(level=level, confidence=None, reason="…") for name, level in levels.items()}
    return Scores(behaviour="other", codes=dict.fromkeys(codes, 1.0), criteria=criteria)


UNDERSTANDING = heard(empathy=4, judgment=3)
PLAIN = heard(empathy=2.7, judgment=3)
JUDGING = heard(empathy=1.5, judgment=1)
ADVISING = heard("advice", empathy=2, judgment=3)
SORRY = heard("repair", empathy=3, judgment=3)
A_LITTLE_JUDGING = heard(empathy=3, judgment=JUDGED_BELOW - 0.1)
MISSING = heard(empathy=HURT_BELOW - 0.1, judgment=3)


def about(**topics: float) -> Reply:
    return Reply(text="What about that?", topics=topics)


def say(persona: Persona, state: ClientState, scores: Scores, reply: Reply | None = None) -> Step:
    return alliance.advance(persona, state, scores, reply or Reply(text="…"))


def why(step: Step, kind: str) -> Event:
    (event,) = (event for event in step.events if event.kind == kind)
    return event


def kinds(step: Step) -> set[str]:
    return {event.kind for event in step.events}


class TestTrust:
    @pytest.mark.parametrize(
        ("scores", "direction"),
        [
            (heard(empathy=5), 1),
            (heard(empathy=3), 1),
            (heard(empathy=1), -1),
            (heard(empathy=3, judgment=1), -1),
            (heard(judgment=5), 1),
            (heard(boundary=5), 1),
            (heard(boundary=1), -1),
            (heard(), 0),
        ],
    )
    def test_follows_the_levels(self, sam: Persona, scores: Scores, direction: int) -> None:
        change = say(sam, at(), scores).state.trust - at().trust
        assert (change > 0) - (change < 0) == direction

    def test_judgment_costs_more_than_acceptance_earns(self, sam: Persona) -> None:
        lost = at().trust - say(sam, at(), heard(judgment=1)).state.trust
        won = say(sam, at(), heard(judgment=5)).state.trust - at().trust
        assert lost > 3 * won

    def test_grows_more_slowly_the_more_there_is(self, sam: Persona) -> None:
        gains = [say(sam, at(trust=trust), UNDERSTANDING).state.trust - trust for trust in (0.2, 0.5, 0.8)]
        assert gains == sorted(gains, reverse=True)
        assert gains[-1] > 0

    def test_is_never_complete_by_good_replies_alone(self, sam: Persona) -> None:
        state = at()
        for _ in range(100):
            state = say(sam, state, heard(empathy=5, judgment=5, boundary=5)).state
        assert state.trust == MOST_TRUST

    def test_one_reply_takes_only_so_much_without_a_rupture(self, sam: Persona) -> None:
        thick_skinned = sam.model_copy(update={"sensitivities": ()})
        worst = say(thick_skinned, at(trust=0.8), heard(empathy=1, judgment=1, boundary=1))
        assert worst.state.trust == pytest.approx(0.8 + MOST_FALL)
        assert worst.state.rupture is None

    def test_says_why_it_moved(self, sam: Persona) -> None:
        assert why(say(sam, at(), heard(judgment=2)), "trust").reason == "judgment"
        reflection = UNDERSTANDING.model_copy(update={"behaviour": "reflection"})
        assert why(say(sam, at(), reflection), "trust").reason == "a reflection that reached the feeling"

    def test_the_bond_follows(self, sam: Persona) -> None:
        better, worse = say(sam, at(bond=0.4), UNDERSTANDING), say(sam, at(bond=0.4), JUDGING)
        assert worse.state.bond < 0.4 < better.state.bond


class TestTelling:
    def test_what_is_asked_about_is_told_when_there_is_enough_trust(self, sam: Persona) -> None:
        step = say(sam, at(trust=0.2), PLAIN, about(sleep=0.8))
        assert step.state.disclosed == ("sleep",)
        assert step.cue.sources == ("disclosures.sleep.lines",)
        assert why(step, "told").about == "sleep"

    @pytest.mark.parametrize(
        ("state", "asked", "because"),
        [
            (at(trust=0.1), "sleep", "there is not enough trust yet"),
            (at(trust=0.6), "work", "other things have to be told before"),
            (at(trust=0.9, disclosed=("sleep", "work")), "secret", "later stage, exploring the problem"),
        ],
    )
    def test_what_is_asked_too_soon_is_declined(
        self, sam: Persona, state: ClientState, asked: str, because: str
    ) -> None:
        step = say(sam, state, PLAIN, about(**{asked: 1.0}))
        assert step.state.disclosed == state.disclosed
        assert why(step, "declined").about == asked
        assert because in why(step, "declined").reason
        declines = sam.disclosure(asked).decline
        assert step.cue.sources == (f"disclosures.{asked}.decline" if declines else "reactions.deflecting",)

    def test_the_reply_that_brings_enough_trust_is_answered_at_once(self, sam: Persona) -> None:
        threshold = sam.disclosure("work").needs.trust
        state = at(trust=threshold - 0.02, disclosed=("sleep",))
        assert say(sam, state, UNDERSTANDING, about(work=0.9)).state.disclosed == ("sleep", "work")
        assert say(sam, state, heard(empathy=2, judgment=3), about(work=0.9)).state.disclosed == ("sleep",)

    def test_a_question_that_misses_the_feeling_is_not_answered(self, sam: Persona) -> None:
        step = say(sam, at(), MISSING, about(sleep=0.9))
        assert step.state.disclosed == ()
        assert "the feeling was passed over" in why(step, "declined").reason
        assert step.cue.sources[0] == "reactions.missed"

    def test_what_has_been_told_is_told_further_or_not_at_all(self, sam: Persona) -> None:
        state = at(disclosed=("sleep", "work"))
        assert say(sam, state, PLAIN, about(sleep=0.9)).cue.sources == ("disclosures.sleep.again",)
        assert say(sam, state, PLAIN, about(work=0.9)).cue.sources == ("reactions.neutral",)

    def test_words_have_to_come_near_a_topic(self, sam: Persona) -> None:
        assert say(sam, at(), PLAIN, about(sleep=NEAR)).state.disclosed == ("sleep",)
        assert say(sam, at(), PLAIN, about(sleep=NEAR - 0.01)).state.disclosed == ()

    def test_of_topics_about_as_near_the_one_that_can_be_told_is_heard(self, sam: Persona) -> None:
        step = say(sam, at(), PLAIN, about(work=0.8, sleep=0.8 - AS_NEAR / 2))
        assert step.state.disclosed == ("sleep",)
        step = say(sam, at(), PLAIN, about(work=0.8, sleep=0.8 - 2 * AS_NEAR))
        assert why(step, "declined").about == "work"

    def test_a_topic_of_a_later_stage_has_to_come_nearer(self, sam: Persona) -> None:
        assert "declined" not in kinds(say(sam, at(), PLAIN, about(goodbye=NEAR + FROM_LATER - 0.01)))
        assert why(say(sam, at(), PLAIN, about(goodbye=NEAR + FROM_LATER)), "declined").about == "goodbye"

    def test_a_move_asks_for_what_the_stage_needs_without_its_words(self, sam: Persona) -> None:
        asking = heard("goal", empathy=2.7, judgment=3)
        step = say(sam, at("exploring", 0.45, disclosed=("sleep",)), asking)
        assert step.state.disclosed == ("sleep", "aim")
        assert step.state.covered == ("goal",)
        assert say(sam, at("rapport", 0.45, disclosed=("sleep",)), asking).state.disclosed == ("sleep",)

    @pytest.mark.parametrize(
        "room", [UNDERSTANDING, heard("open_question", empathy=2.6), heard("exploration", empathy=2.6)]
    )
    def test_with_room_the_first_thing_that_is_ready_is_volunteered(self, sam: Persona, room: Scores) -> None:
        assert say(sam, at(trust=0.6), room).state.disclosed == ("sleep",)
        assert say(sam, at(trust=0.6, disclosed=("sleep",)), room).state.disclosed == ("sleep", "work")

    @pytest.mark.parametrize("no_room", [PLAIN, heard("open_question", empathy=2.4), heard("open_question"), ADVISING])
    def test_without_room_nothing_is_volunteered(self, sam: Persona, no_room: Scores) -> None:
        assert say(sam, at(trust=0.6), no_room).state.disclosed == ()

    def test_being_understood_is_answered_before_anything_is_told(self, sam: Persona) -> None:
        assert say(sam, at(), UNDERSTANDING).cue.sources == ("reactions.understood", "disclosures.sleep.lines")

    def test_when_everything_has_been_told_the_client_says_so(self, sam: Persona) -> None:
        everything = tuple(one.id for one in sam.disclosures)
        state = at("termination", 0.6, disclosed=everything, covered=("gains", "ending", "support"))
        assert say(sam, state, PLAIN).cue.sources == ("reactions.done",)


class TestReactions:
    @pytest.mark.parametrize(
        ("scores", "text", "reaction"),
        [
            (UNDERSTANDING, "That is a lot.", "understood"),
            (A_LITTLE_JUDGING, "Why didn't you?", "judged"),
            (MISSING, "Anyway.", "missed"),
            (heard("advice", empathy=3, judgment=3), "Try tea.", "advised"),
            (heard("confidentiality", empathy=2.7, judgment=3), "This stays here.", "informed"),
            (heard("information", empathy=2.7, judgment=3), "It is common.", "informed"),
            (heard("minimal"), "Mm.", "neutral"),
            (PLAIN, "So here we are.", "neutral"),
            (heard(), "", "silence"),
        ],
    )
    def test_answer_how_a_reply_felt(self, sam: Persona, scores: Scores, text: str, reaction: str) -> None:
        nothing_to_tell = at(trust=0.5, disclosed=("sleep", "work"))
        assert say(sam, nothing_to_tell, scores, Reply(text=text)).cue.sources == (f"reactions.{reaction}",)

    def test_judgment_advice_and_silence_are_answered_before_any_topic(self, sam: Persona) -> None:
        for scores, text in ((A_LITTLE_JUDGING, "…"), (heard("advice", empathy=3), "…"), (heard(), " ")):
            step = say(sam, at(), scores, Reply(text=text, topics={"sleep": 1.0}))
            assert step.state.disclosed == ()

    def test_sounds_are_answered_once_and_then_asked_about(self, sam: Persona) -> None:
        first = say(sam, at(trust=0.1), heard("minimal"), Reply(text="Mm."))
        assert first.cue.sources == ("reactions.neutral",)
        assert say(sam, first.state, heard("minimal"), Reply(text="Mm.")).cue.sources == ("reactions.unclear",)

    def test_words_that_make_no_sense_are_asked_about_and_change_nothing(self, sam: Persona) -> None:
        scores = heard()
        senseless = {
            name: score.model_copy(update={"unscored": "not_understood"}) for name, score in scores.criteria.items()
        }
        step = say(sam, at(), scores.model_copy(update={"criteria": senseless}), about(sleep=1.0))
        assert step.cue.sources == ("reactions.unclear",)
        assert (step.state.trust, step.state.disclosed) == (at().trust, ())

    def test_a_client_who_is_hurt_speaks_less_openly(self, sam: Persona) -> None:
        assert say(sam, at(), A_LITTLE_JUDGING).cue.openness < say(sam, at(), UNDERSTANDING).cue.openness


class TestSilence:
    def test_one_silence_costs_nothing_and_a_long_one_a_little(self, sam: Persona) -> None:
        first = say(sam, at(), heard(), Reply(text=""))
        second = say(sam, first.state, heard(), Reply(text="  "))
        assert first.state.trust == at().trust
        assert first.state.trust - 0.05 < second.state.trust < first.state.trust
        assert why(second, "trust").reason == "a long silence"

    def test_a_word_ends_it(self, sam: Persona) -> None:
        first = say(sam, at(), heard(), Reply(text="")).state
        between = say(sam, first, PLAIN).state
        assert (first.silences, between.silences) == (1, 0)
        assert say(sam, between, heard(), Reply(text="")).state.trust == between.trust


class TestAdvice:
    @pytest.mark.parametrize("stage", ["rapport", "exploring"])
    def test_unasked_it_touches_a_sore_place_early_on(self, sam: Persona, stage: Stage) -> None:
        step = say(sam, at(stage, 0.3, goals=0.5, tasks=0.5), ADVISING)
        assert why(step, "touched").about == "lectured"
        assert step.state.goals < 0.5
        assert step.state.tasks < 0.5

    @pytest.mark.parametrize("stage", ["solutions", "termination"])
    def test_it_is_no_error_once_solutions_are_worked_on(self, sam: Persona, stage: Stage) -> None:
        step = say(sam, at(stage, 0.3, goals=0.5, tasks=0.5), ADVISING)
        assert "touched" not in kinds(step)
        assert step.state.tasks == 0.5
        assert step.cue.sources != ("reactions.advised",)

    def test_with_leave_it_is_welcome(self, sam: Persona) -> None:
        step = say(sam, at(trust=0.3, tasks=0.5), heard("advice", "permission", empathy=3, judgment=3))
        assert "touched" not in kinds(step)
        assert step.state.tasks > 0.5


class TestSorePlaces:
    @pytest.mark.parametrize(
        ("scores", "place"),
        [
            (heard(empathy=3, judgment=1.2), "blamed"),
            (heard(empathy=1.2, judgment=3), "unheard"),
            (heard(empathy=3, judgment=3, boundary=1.2), "touched"),
            (heard("self_disclosure", empathy=3, judgment=3), "outshone"),
            (heard("affirmation", empathy=2, judgment=3), "cheered"),
            (heard("emotional_reaction", empathy=2, judgment=3), "cheered"),
            (ADVISING, "lectured"),
        ],
    )
    def test_each_kind_of_hurt_touches_its_own(self, sam: Persona, scores: Scores, place: str) -> None:
        assert why(say(sam, at(), scores), "touched").about == place

    def test_questions_hurt_when_there_are_too_many_in_a_row(self, sam: Persona) -> None:
        question = heard("closed_question", empathy=2.7, judgment=3)
        state, touched = at(), []
        for _ in range(INTERROGATED_FROM):
            step = say(sam, state, question)
            touched.append("touched" in kinds(step))
            state = step.state
        assert touched == [False] * (INTERROGATED_FROM - 1) + [True]

    def test_a_reply_in_between_starts_the_count_again(self, sam: Persona) -> None:
        question = heard("closed_question", empathy=2.7, judgment=3)
        state = say(sam, at(questions=INTERROGATED_FROM - 1), PLAIN).state
        assert "touched" not in kinds(say(sam, state, question))

    @pytest.mark.parametrize("code", ["advice", "self_disclosure"])
    def test_warmth_softens(self, sam: Persona, code: str) -> None:
        assert "touched" not in kinds(say(sam, at(), heard(code, empathy=4, judgment=3)))

    def test_the_place_that_hurts_most_is_the_one_that_counts(self, sam: Persona) -> None:
        assert why(say(sam, at(), heard("advice", empathy=1.5, judgment=1)), "touched").about == "blamed"

    def test_a_strain_that_is_borne_fades(self, sam: Persona) -> None:
        step = say(sam, at(trust=0.6), MISSING)
        assert step.state.rupture is None
        assert 0 < say(sam, step.state, PLAIN).state.strain < step.state.strain

    def test_the_more_trust_there_is_the_more_is_borne(self, sam: Persona) -> None:
        assert say(sam, at(trust=0.1), A_LITTLE_JUDGING).state.rupture
        assert not say(sam, at(trust=0.6), A_LITTLE_JUDGING).state.rupture


class TestRupture:
    @pytest.mark.parametrize(
        ("scores", "kind", "place"), [(JUDGING, "withdrawal", "blamed"), (ADVISING, "confrontation", "lectured")]
    )
    def test_comes_when_strain_grows_too_much(self, sam: Persona, scores: Scores, kind: str, place: str) -> None:
        step = say(sam, at(trust=0.3, strain=0.3), scores)
        assert step.state.rupture is not None
        assert (step.state.rupture.shows_as, step.state.rupture.sensitivity) == (kind, place)
        assert step.state.rupture.trust_before == 0.3
        assert step.cue.sources == (f"sensitivities.{place}.lines",)
        assert kind in why(step, "rupture").reason
        assert step.state.trust < 0.3

    def test_costs_more_than_a_hurt_that_is_borne(self, sam: Persona) -> None:
        borne, rupture = (say(sam, at(trust=0.5, strain=strain), A_LITTLE_JUDGING) for strain in (0.0, 0.5))
        assert borne.state.rupture is None
        assert rupture.state.rupture
        assert rupture.state.trust < borne.state.trust

    @pytest.mark.parametrize(
        ("stage", "back"), [("rapport", "rapport"), ("exploring", "rapport"), ("solutions", "exploring")]
    )
    def test_goes_back_a_stage(self, sam: Persona, stage: Stage, back: Stage) -> None:
        step = say(sam, at(stage, 0.4, strain=0.4), JUDGING)
        assert step.state.stage == back
        assert ("stage" in kinds(step)) == (stage != back)

    def test_nothing_is_told_while_it_is_open(self, sam: Persona) -> None:
        step = say(sam, ruptured("blamed", trust=0.4), PLAIN, about(sleep=1.0))
        assert step.state.disclosed == ()
        assert step.cue.sources == ("sensitivities.blamed.strained",)

    def test_no_disclosure_is_ready_while_it_is_open(self, sam: Persona) -> None:
        sleep = sam.disclosure("sleep")
        assert telling.ready(at(), sleep)
        assert not telling.ready(ruptured("blamed", trust=0.6), sleep)
        assert "strain" in telling.why_not(ruptured("blamed", trust=0.6), sleep)

    def test_no_stage_is_left_while_it_is_open(self, sam: Persona) -> None:
        done: dict[str, Any] = {"disclosed": ("sleep",), "covered": ("confidentiality",)}
        assert say(sam, ruptured("blamed", trust=0.5, **done), PLAIN).state.stage == "rapport"
        assert say(sam, at(trust=0.5, **done), PLAIN).state.stage == "exploring"

    def test_a_boundary_is_not_tested_while_it_is_open(self, sam: Persona) -> None:
        assert say(sam, ruptured("blamed", turn=20), PLAIN).state.probe is None

    def test_silence_is_heard_as_silence(self, sam: Persona) -> None:
        assert say(sam, ruptured("blamed"), heard(), Reply(text="")).cue.sources == ("reactions.silence",)

    def test_kindness_that_does_not_name_it_wins_back_only_a_part(self, sam: Persona) -> None:
        state = ruptured("blamed", trust=0.3)
        kind = heard(empathy=3.2, judgment=3)
        assert 0.3 < say(sam, state, kind).state.trust < say(sam, at(trust=0.3), kind).state.trust
        for _ in range(30):
            state = say(sam, state, kind).state
        assert state.rupture is not None
        assert state.trust < state.rupture.trust_before

    def test_another_hurt_costs_more_and_sets_it_back(self, sam: Persona) -> None:
        state = ruptured("blamed", trust=0.3, eased=0.5)
        step = say(sam, state, JUDGING)
        assert step.state.trust < say(sam, at(trust=0.3, strain=0.0), heard(empathy=1.5, judgment=2.2)).state.trust
        assert step.state.rupture is not None
        assert step.state.rupture.eased == 0
        assert step.state.ruptures == state.ruptures, "it is still the same rupture"


def ruptured(place: str, trust: float = 0.3, eased: float = 0.0, **more: Any) -> ClientState:
    turn = more.pop("turn", 3)
    rupture = Rupture(sensitivity=place, shows_as="withdrawal", trust_before=0.5, since=turn, eased=eased)
    return at(trust=trust, turn=turn, rupture=rupture, ruptures=1, **more)


class TestRepair:
    def test_owning_a_part_mends(self, sam: Persona) -> None:
        step = say(sam, ruptured("blamed"), SORRY)
        assert step.state.rupture is None
        assert step.state.repairs == 1
        assert step.state.strain == 0
        assert step.cue.sources == ("sensitivities.blamed.repair.lines",)
        assert why(step, "repair").about == "blamed"

    def test_leaves_more_trust_than_there_was_before(self, sam: Persona) -> None:
        state = ruptured("blamed", trust=0.1)
        assert state.rupture is not None
        before = state.rupture.trust_before
        assert say(sam, state, SORRY).state.trust == pytest.approx(before + REPAIR_GAIN * (1 - before))

    def test_may_bring_more_trust_than_good_replies_alone(self, sam: Persona) -> None:
        rupture = Rupture(sensitivity="blamed", shows_as="withdrawal", trust_before=MOST_TRUST, since=3)
        assert say(sam, at(trust=0.6, rupture=rupture, ruptures=1), SORRY).state.trust > MOST_TRUST

    def test_one_reply_that_understands_is_enough_where_the_feeling_was_missed(self, sam: Persona) -> None:
        assert say(sam, ruptured("unheard"), UNDERSTANDING).state.repairs == 1

    def test_elsewhere_understanding_takes_two(self, sam: Persona) -> None:
        once = say(sam, ruptured("blamed"), UNDERSTANDING).state
        assert once.rupture is not None
        assert say(sam, once, UNDERSTANDING).state.repairs == 1

    @pytest.mark.parametrize(
        "not_enough",
        [
            PLAIN,
            heard("repair", empathy=2.2, judgment=3),
            heard("repair", empathy=3, judgment=2.5),
            heard("repair"),
            heard("repair", empathy=3, judgment=3, boundary=1.5),
        ],
    )
    def test_an_apology_without_warmth_or_with_another_hurt_does_not_mend(
        self, sam: Persona, not_enough: Scores
    ) -> None:
        assert say(sam, ruptured("blamed"), not_enough).state.rupture is not None


class TestProbes:
    def test_a_boundary_is_tested_when_there_is_trust_and_time(self, sam: Persona) -> None:
        step = say(sam, at(turn=PROBE_APART - 1), PLAIN)
        assert step.state.probe == "present"
        assert step.cue.sources == ("probes.present.lines",)
        assert say(sam, at(turn=PROBE_APART - 2), PLAIN).state.probe is None
        assert say(sam, at(turn=PROBE_APART - 1, trust=0.2), PLAIN).state.probe is None

    def test_each_is_tested_once_and_the_next_waits(self, sam: Persona) -> None:
        state, tested = at(turn=PROBE_APART - 1), {}
        for _ in range(20):
            state = say(sam, state, PLAIN).state
            if state.probe:
                tested[state.turn] = state.probe
        assert tested == {PROBE_APART: "present", 2 * PROBE_APART: "hug"}

    @pytest.mark.parametrize(
        ("scores", "outcome"),
        [
            (heard("limit", empathy=3, boundary=4.5), "held"),
            (heard("limit", empathy=3), "held"),
            (heard(empathy=3, boundary=3.6), "held"),
            (heard("limit", empathy=3, boundary=CROSSED_BELOW - 0.1), "cold"),
            (heard(empathy=3, boundary=CROSSED_BELOW - 0.1), "crossed"),
            (heard("limit", empathy=3, boundary=1.2), "crossed"),
            (heard(empathy=3, boundary=3), "avoided"),
            (heard(empathy=3), "avoided"),
            (heard(), "avoided"),
        ],
    )
    def test_the_client_answers_how_it_was_kept(self, sam: Persona, scores: Scores, outcome: str) -> None:
        calm = sam.model_copy(update={"sensitivities": ()})
        step = say(calm, at(trust=0.5, probe="present", probed=("present",)), scores, about(sleep=1.0))
        assert step.cue.sources == (f"probes.present.{outcome}",)
        assert step.state.probe is None
        assert why(step, "limit").about == "present"
        assert step.state.disclosed == (), "the boundary is answered before any topic"

    def test_silence_to_it_is_passing_it_over(self, sam: Persona) -> None:
        step = say(sam, at(probe="present", probed=("present",)), heard(), Reply(text=""))
        assert step.cue.sources == ("probes.present.avoided",)

    def test_crossing_it_may_be_a_rupture(self, sam: Persona) -> None:
        step = say(sam, at(trust=0.4, strain=0.3, probe="present", probed=("present",)), heard(boundary=1))
        assert step.state.rupture
        assert step.cue.sources == ("sensitivities.touched.lines",)
        assert step.state.probe is None


class TestStages:
    DONE: dict[Stage, dict[str, Any]] = {
        "rapport": {"disclosed": ("sleep",), "covered": ("confidentiality",)},
        "exploring": {"disclosed": ("sleep", "work", "secret"), "covered": ("goal",)},
        "solutions": {"disclosed": ("step",), "covered": ("next_step",)},
    }

    @pytest.mark.parametrize("stage", ["rapport", "exploring", "solutions"])
    def test_are_left_one_at_a_time_when_they_are_done(self, sam: Persona, stage: Stage) -> None:
        step = say(sam, at(stage, 0.6, **self.DONE[stage]), PLAIN)
        following = STAGES[STAGES.index(stage) + 1]
        assert step.state.stage == following
        assert why(step, "stage").about == following
        assert step.state.stage_since == step.state.turn

    @pytest.mark.parametrize("stage", ["rapport", "exploring", "solutions"])
    @pytest.mark.parametrize("lacking", ["disclosed", "covered"])
    def test_are_not_left_while_something_is_missing(self, sam: Persona, stage: Stage, lacking: str) -> None:
        state = at(stage, 0.6, **{**self.DONE[stage], lacking: ()})
        # Nothing has to be told in the stage of solutions: the step is what counts, whoever names it.
        expected = "termination" if (stage, lacking) == ("solutions", "disclosed") else stage
        assert say(sam, state, PLAIN).state.stage == expected

    def test_rapport_needs_trust(self, sam: Persona) -> None:
        done = self.DONE["rapport"]
        assert say(sam, at(trust=LEAVES_RAPPORT, **done), PLAIN).state.stage == "exploring"
        assert say(sam, at(trust=LEAVES_RAPPORT - 0.05, **done), PLAIN).state.stage == "rapport"

    def test_explaining_confidentiality_covers_it_once(self, sam: Persona) -> None:
        step = say(sam, at(trust=0.2), heard("confidentiality", empathy=2.7))
        assert step.state.covered == ("confidentiality",)
        assert why(step, "covered").about == "confidentiality"
        assert "covered" not in kinds(say(sam, step.state, heard("confidentiality", empathy=2.7)))

    def test_naming_a_goal_and_a_step_builds_the_alliance(self, sam: Persona) -> None:
        goal = say(sam, at("exploring", 0.45, disclosed=("sleep",)), PLAIN, about(aim=0.9)).state
        step = say(sam, at("solutions", 0.45), PLAIN, about(step=0.9)).state
        assert goal.goals > 0
        assert goal.tasks == 0
        assert step.tasks > 0
        assert step.goals == 0

    def test_a_stage_that_hangs_brings_a_hint_now_and_then(self, sam: Persona) -> None:
        quiet = sam.model_copy(update={"probes": ()})
        state, hinted = at(trust=0.3, disclosed=("sleep",)), []
        for _ in range(3 * NUDGE_AFTER):
            step = say(quiet, state, PLAIN)
            if step.cue.sources == ("stages.rapport.nudges",):
                hinted.append(step.state.turn)
            state = step.state
        assert hinted == [NUDGE_AFTER, 2 * NUDGE_AFTER, 3 * NUDGE_AFTER]

    def test_no_hint_at_what_has_been_covered(self, sam: Persona) -> None:
        state = at(trust=0.3, turn=10, last_probe=9, disclosed=("sleep",), covered=("confidentiality",))
        assert say(sam, state, PLAIN).cue.sources == ("reactions.neutral",)


class TestEnding:
    PREPARED: tuple[Mark, ...] = ("gains", "ending", "support")

    def test_a_prepared_goodbye_ends_the_session(self, sam: Persona) -> None:
        step = say(sam, at("termination", 0.6, covered=self.PREPARED), heard("farewell", empathy=3))
        assert step.state.ended == "agreed"
        assert step.cue.sources == ("ending.good",)
        assert why(step, "ended").reason == "a prepared goodbye"

    @pytest.mark.parametrize("missing", PREPARED)
    def test_a_goodbye_that_is_not_prepared_does_not(self, sam: Persona, missing: Mark) -> None:
        covered = tuple(mark for mark in self.PREPARED if mark != missing)
        step = say(sam, at("termination", 0.6, covered=covered), heard("farewell", empathy=3))
        assert step.state.ended is None
        assert step.state.parting

    def test_nor_does_one_in_an_earlier_stage_or_in_a_rupture(self, sam: Persona) -> None:
        assert say(sam, at("solutions", 0.6, covered=self.PREPARED), heard("farewell", empathy=3)).state.ended is None
        rupture = ruptured("blamed", covered=self.PREPARED).model_copy(update={"stage": "termination"})
        assert say(sam, rupture, heard("farewell", empathy=3)).state.ended is None

    def test_a_client_leaves_a_rupture_that_goes_on_without_trust(self, sam: Persona) -> None:
        state = ruptured("blamed", trust=BREAKS_BELOW / 2)
        for turn in range(1, BREAKS_AFTER + 1):
            step = say(sam, state, PLAIN)
            assert (step.state.ended == "abrupt") == (turn == BREAKS_AFTER)
            state = step.state
        assert step.cue.sources == ("ending.abrupt",)
        assert "not mended" in why(step, "ended").reason

    def test_and_stays_while_there_is_some(self, sam: Persona) -> None:
        assert say(sam, ruptured("blamed", trust=0.3).model_copy(update={"turn": 20}), PLAIN).state.ended is None

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (at(parting=True), "good"),
            (at(), "unfinished"),
            (ruptured("blamed", trust=LEAVES_RAPPORT), "unfinished"),
            (ruptured("blamed", trust=0.1), "abrupt"),
        ],
    )
    def test_last_words_fit_how_it_was_left(self, state: ClientState, words: str) -> None:
        assert alliance.closing_cue(state).sources == (f"ending.{words}",)


class TestBeginning:
    def test_a_first_meeting_is_as_the_persona_says(self, sam: Persona) -> None:
        state = alliance.begin(sam)
        assert (state.stage, state.trust) == (sam.start.stage, sam.start.trust)
        assert alliance.opening_cue(state).sources == ("stages.rapport.opening",)

    def test_a_later_one_remembers_what_went_before(self, sam: Persona) -> None:
        state = alliance.begin(sam, "solutions", 0.5, ("sleep", "aim"), ("confidentiality",))
        assert (state.stage, state.trust, state.disclosed) == ("solutions", 0.5, ("sleep", "aim"))
        assert set(state.covered) == {"confidentiality", "goal"}, "what was told has been spoken of"
        assert alliance.opening_cue(state).sources == ("stages.solutions.opening",)

    def test_trust_of_nothing_is_not_the_persona_s_own(self, sam: Persona) -> None:
        assert alliance.begin(sam, trust=0.0).trust == 0.0
