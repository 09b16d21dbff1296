"""The rubric: what a reply is scored for, at which levels, and the exemplars that show it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from simulator.content.authored import (
    Authored,
    Identifier,
    Level,
    Line,
    Location,
    Text,
    nearest,
    repeated_ids,
)

Behaviour = Literal["question", "reflection", "therapist_input", "other"]


def compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> str:
    """Return a regular expression as it is; raise ValueError where it is none."""
    try:
        re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return pattern


class Cue(Authored):
    """Describe words on the surface that speak for or against a reply."""

    id: Identifier
    """A short name, used in records."""
    pattern: Annotated[str, Field(min_length=1, max_length=2000)]
    """A regular expression, read without regard to case, found anywhere in the reply."""
    effect: Literal["raises", "lowers"]
    """Whether the words speak for a higher or a lower level."""
    caps: Level | None = None
    """The highest level that a reply with these words can reach."""
    reason: Line
    """What to tell the trainee about these words."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiled(pattern)


class Exemplar(Authored):
    """Show a reply at one level of one criterion, or carrying a code."""

    client: Line
    """What the client had just said."""
    reply: Line
    """What the counsellor answered."""
    level: Level | None = None
    """The level it shows, 1 to 5; halves are allowed. Left out: the criterion does not apply to it."""
    note: Line | None = None
    """Why it is at this level, said to the trainee."""


class CodeExemplar(Authored):
    """Show a reply that carries a code."""

    client: Line
    """What the client had just said."""
    reply: Line
    """What the counsellor answered."""


class Levels(Authored):
    """Describe the five levels in words."""

    one: Annotated[Line, Field(alias="1")]
    """Level 1, the worst."""
    two: Annotated[Line, Field(alias="2")]
    """Level 2."""
    three: Annotated[Line, Field(alias="3")]
    """Level 3, the least a trainee should offer."""
    four: Annotated[Line, Field(alias="4")]
    """Level 4."""
    five: Annotated[Line, Field(alias="5")]
    """Level 5, the best."""

    def __getitem__(self, level: int) -> str:
        """Return the description of a level, 1 to 5."""
        return (self.one, self.two, self.three, self.four, self.five)[level - 1]


class LevelWords(Levels):
    """Name the five levels in a word or two each, as screens show them."""


class Criterion(Authored):
    """Describe one thing that every reply is scored for."""

    id: Identifier
    """A short name, used in records and in exercises."""
    name: Line
    """What screens call it."""
    about: Text
    """What it means, for trainees and educators."""
    applies: Literal["always", "at_stake"] = "always"
    """`always`, or `at_stake`: only where the exemplars with a level show that something is at stake."""
    words: LevelWords
    """Each level in a word or two."""
    levels: Levels
    """Each level in a sentence."""
    goal: Line
    """One thing to try when this criterion is the weakest."""
    cues: tuple[Cue, ...] = ()
    """Words on the surface that count."""
    exemplars: tuple[Exemplar, ...] = ()
    """Replies that show the levels; more stand in the files under `bank`."""


class Code(Authored):
    """Describe something that a reply does; several may hold at once."""

    id: Identifier
    """A short name, used in records and in exercises."""
    name: Line
    """What screens call it."""
    about: Line
    """What counts as it."""
    behaviour: Behaviour | None = None
    """The kind of behaviour it belongs to; left out for moves of a stage."""
    pattern: str | None = None
    """A regular expression for words that often show it, without regard to case."""
    exemplars: tuple[CodeExemplar, ...] = ()
    """Replies that carry it; more stand in the files under `bank`."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return pattern if pattern is None else compiled(pattern)


class BankReply(Authored):
    """Show one reply with its level on each criterion and its codes."""

    reply: Line
    """What the counsellor answers."""
    levels: dict[Identifier, Level] = {}
    """The level on each criterion, 1 to 5; halves are allowed. One left out does not apply, or the reply is too short to judge."""
    codes: tuple[Identifier, ...] = ()
    """Everything the reply does."""
    note: Line | None = None
    """Why it is at this level, said to the trainee."""


class BankTurn(Authored):
    """Show replies to one client turn that differ in what they do."""

    client: Line
    """What the client has just said."""
    concern: Line
    """What the client came about, in a word or two."""
    replies: Annotated[tuple[BankReply, ...], Field(min_length=1)]
    """Different answers."""


class Bank(Authored):
    """Hold a file of exemplars that a rubric names."""

    schema_: Annotated[Literal["exemplars/1"], Field(alias="schema")]
    """The format of this file."""
    about: Text
    """What the file holds."""
    turns: tuple[BankTurn, ...]
    """Client turns with replies."""


class Rubric(Authored):
    """Hold criteria and codes, with the exemplars that give them meaning."""

    schema_: Annotated[Literal["rubric/1"], Field(alias="schema")]
    """The format of this file."""
    id: Identifier
    """A short name, the same as the file's."""
    title: Line
    """What screens call it."""
    about: Text
    """What it is for and where it comes from."""
    too_short: Annotated[str, Field(min_length=1)] = r"^\W*$"
    """A regular expression for replies that are too short to judge, without regard to case."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    """What is scored."""
    codes: tuple[Code, ...] = ()
    """What is noticed."""
    bank: tuple[Line, ...] = ()
    """Files of exemplars, as paths from this file."""

    @field_validator("too_short")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return compiled(pattern)

    def criterion(self, name: str) -> Criterion:
        """Return the criterion of that id; raise KeyError where there is none."""
        for criterion in self.criteria:
            if criterion.id == name:
                return criterion
        raise KeyError(name)

    def contradictions(self) -> list[tuple[Location, str]]:
        """List ids used twice."""
        found = repeated_ids("criteria", [criterion.id for criterion in self.criteria])
        return found + repeated_ids("codes", [code.id for code in self.codes])

    def contradictions_of_bank(self, bank: Bank) -> list[tuple[Location, str]]:
        """List levels and codes in a bank file that this rubric does not know."""
        criteria = [criterion.id for criterion in self.criteria]
        codes = [code.id for code in self.codes]
        found: list[tuple[Location, str]] = []
        for t, turn in enumerate(bank.turns):
            for r, reply in enumerate(turn.replies):
                here: Location = ("turns", t, "replies", r)
                for name in reply.levels:
                    if name not in criteria:
                        way = (*here, "levels", name)
                        found.append((way, f"the rubric has no criterion '{name}'{nearest(name, criteria)}"))
                for place, name in enumerate(reply.codes):
                    if name not in codes:
                        way = (*here, "codes", place)
                        found.append((way, f"the rubric has no code '{name}'{nearest(name, codes)}"))
        return found
