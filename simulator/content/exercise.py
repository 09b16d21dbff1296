"""The exercise: a task with one client, and the rule by which it is passed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.content.authored import (
    Authored,
    Count,
    Feedback,
    Identifier,
    Level,
    Line,
    Location,
    Mark,
    Stage,
    Text,
    Trust,
    nearest,
    repeated_ids,
)
from simulator.content.persona import Persona
from simulator.content.rubric import Rubric


class StartAt(Authored):
    """Say what went before the exercise begins, where it is not the first meeting."""

    trust: Trust | None = None
    """Trust at the beginning; left out: the client's own."""
    disclosed: tuple[Identifier, ...] = ()
    """Disclosures that were made in earlier sessions."""
    covered: tuple[Mark, ...] = ()
    """What has been spoken of already, such as confidentiality."""


class Minimum(Authored):
    """Say how good the scored replies must be on one criterion."""

    median: Level = 3.0
    """At least half of the scored replies reach this level."""
    worst: Level = 1.0
    """No scored reply is below this level."""


class Condition(Authored):
    """Describe something that happens in a session; exactly one of its keys says what."""

    code: Identifier | Annotated[tuple[Identifier, ...], Field(min_length=1)] | None = None
    """A code of the rubric, or any of a list of them, is found in the counsellor's replies."""
    mark: Mark | None = None
    """Something has been spoken of: confidentiality, a goal, …"""
    disclosed: Identifier | None = None
    """The client has told this."""
    rupture_open: Literal[True] | None = None
    """The session ends with a rupture that was not mended."""
    level_below: Annotated[dict[Identifier, Level], Field(min_length=1)] | None = None
    """A reply is below this level on a criterion."""
    times: Annotated[Count, Field(ge=1)] = 1
    """How often it must happen to count, for codes and levels."""
    by_turn: Annotated[Count, Field(ge=1)] | None = None
    """Count only the first so many turns."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of which one must be found."""
        return (self.code,) if isinstance(self.code, str) else self.code or ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Condition:
        keys = (self.code, self.mark, self.disclosed, self.rupture_open, self.level_below)
        if sum(key is not None for key in keys) != 1:
            raise ValueError("needs exactly one of code, mark, disclosed, rupture_open, level_below")
        return self


class Item(Authored):
    """Describe something the counsellor must do, or must not do."""

    id: Identifier
    """A short name, used in records."""
    say: Line
    """How trainees read it: "Explain confidentiality and its limits"."""
    starred: bool = False
    """Starred items decide: one missed fails the exercise. The others are only shown."""
    when: Condition
    """What counts as having done it."""


class PassRule(Authored):
    """Say when the exercise is passed."""

    minimum: dict[Identifier, Minimum] = {}
    """How good the replies must be, by criterion."""
    must: tuple[Item, ...] = ()
    """What has to be done."""
    must_not: tuple[Item, ...] = ()
    """What must not be done."""
    least_turns: Count = 4
    """Sessions with fewer scored replies cannot be judged, and are not passed."""


class Attempts(Authored):
    """Say how often the exercise may be tried and which attempt counts."""

    allowed: Annotated[Count, Field(ge=1)] | None = None
    """How many attempts; left out: as many as wanted."""
    counts: Literal["first", "best", "last", "mean"] = "best"
    """Which attempt is the grade."""


class Exercise(Authored):
    """Describe a task with one client."""

    schema_: Annotated[Literal["exercise/1"], Field(alias="schema")]
    """The format of this file."""
    id: Identifier
    """A short name, the same as the file's."""
    title: Line
    """What screens call it."""
    task: Text
    """What the trainee is asked to do."""
    persona: Identifier
    """The client."""
    rubric: Identifier = "core"
    """The rubric that scores it."""
    stage: Stage
    """The stage of the relationship that is practised."""
    start: StartAt = StartAt()
    """What went before."""
    turns: Annotated[Count, Field(ge=1, le=200)] = 12
    """After how many replies it ends."""
    feedback: Feedback = "full"
    """`full`: after each reply; `request`: when asked; `end`: in the debrief; `none`: only whether it is passed."""
    self_rating: bool = False
    """Whether the trainee rates the session before seeing the scores."""
    passing: Annotated[PassRule, Field(alias="pass")] = PassRule()
    """When it is passed."""
    attempts: Attempts = Attempts()
    """How often it may be tried."""
    reflection: tuple[Line, ...] = ()
    """Questions to think about afterwards."""

    def contradictions(self) -> list[tuple[Location, str]]:
        """List ids used twice among the items, and more turns asked for than there are."""
        found = repeated_ids("must", [item.id for item in self.passing.must])
        found += repeated_ids("must_not", [item.id for item in self.passing.must_not])
        found = [(("pass", *way), message) for way, message in found]
        least = self.passing.least_turns
        if least > self.turns:
            own = "least_turns" in self.passing.model_fields_set
            message = f"it could never be passed: there are {self.turns} turns, but 'least_turns' asks for {least}"
            found.append((("pass", "least_turns"), message) if own else (("turns",), f"{message} unless you set it"))
        return found

    def contradictions_with(self, persona: Persona, rubric: Rubric) -> list[tuple[Location, str]]:
        """List names that neither the persona nor the rubric knows."""
        told = [disclosure.id for disclosure in persona.disclosures]
        criteria = [criterion.id for criterion in rubric.criteria]
        codes = [code.id for code in rubric.codes]
        found: list[tuple[Location, str]] = []

        def look(way: Location, name: str | None, known: list[str], kind: str) -> None:
            if name is not None and name not in known:
                found.append((way, f"{kind} '{name}'{nearest(name, known)}"))

        no_disclosure = f"the persona '{persona.id}' has no disclosure"
        no_criterion = f"the rubric '{rubric.id}' has no criterion"
        no_code = f"the rubric '{rubric.id}' has no code"

        for place, name in enumerate(self.start.disclosed):
            look(("start", "disclosed", place), name, told, no_disclosure)
        for name in self.passing.minimum:
            look(("pass", "minimum", name), name, criteria, no_criterion)
        for key, items in (("must", self.passing.must), ("must_not", self.passing.must_not)):
            for place, item in enumerate(items):
                way: Location = ("pass", key, place, "when")
                for number, code in enumerate(item.when.codes):
                    look((*way, "code", number), code, codes, no_code)
                look((*way, "disclosed"), item.when.disclosed, told, no_disclosure)
                for name in item.when.level_below or {}:
                    look((*way, "level_below", name), name, criteria, no_criterion)
        return found
