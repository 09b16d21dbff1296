"""Find, check and read authored content.

Looked up in this order: an explicit path, the folder ``personas`` (or ``rubrics``, ``exercises``) where the program was
started, the same in the user's data folder, and the copies that come with the program. A file earlier in the order hides
one of the same id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from simulator import paths
from simulator.content import strict_yaml
from simulator.content.authored import Authored, nearest, quoted
from simulator.content.complaints import complaints
from simulator.content.exercise import Exercise
from simulator.content.persona import Persona
from simulator.content.rubric import Bank, BankTurn, Rubric
from simulator.content.walkthrough import Walkthrough
from simulator.errors import ContentError, Problem

Kind = Literal["persona", "rubric", "exercise"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MODELS: dict[Kind, type[Authored]] = {"persona": Persona, "rubric": Rubric, "exercise": Exercise}
FOLDERS: dict[Kind, str] = {"persona": "personas", "rubric": "rubrics", "exercise": "exercises"}
WALKTHROUGH = ".walkthrough.yaml"

_M = TypeVar("_M", bound=Authored)


def digest(data: object) -> str:
    """Return the SHA-256, in hexadecimal, of data written as canonical JSON."""
    plain = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True)
class Loaded(Generic[_M]):
    """Hold one authored thing with the file it came from."""

    value: _M
    path: Path
    data: Any
    """The plain data of the file: what the digest is of, and what a session keeps."""
    bank: tuple[BankTurn, ...] = ()
    """For a rubric, the exemplars of its bank files."""

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what the file says, whatever its layout and comments."""
        return digest(self.data)


def read(path: Path, model: type[_M]) -> tuple[Loaded[_M] | None, list[Problem]]:
    """Read one file as ``model``; give it, or every problem that it and the files it names have."""
    document = strict_yaml.load(path)
    value, problems = _validated(document, model)
    if not isinstance(value, Rubric):
        return (None if value is None or problems else Loaded(value, path, document.data)), problems
    turns: list[BankTurn] = []
    banks: list[Any] = []
    for place, name in enumerate(value.bank):
        if not (path.parent / name).is_file():
            problems.append(document.problem(("bank", place), f"there is no file {name} beside this one"))
            continue
        bank_file = strict_yaml.load(path.parent / name)
        bank, found = _validated(bank_file, Bank)
        problems += found
        if bank:
            problems += [bank_file.problem(*wrong) for wrong in value.contradictions_of_bank(bank)]
            turns += bank.turns
            banks.append(bank_file.data)
    if problems:
        return None, problems
    return Loaded(value, path, {"rubric": document.data, "bank": banks}, tuple(turns)), []


def _validated(document: strict_yaml.Document, model: type[_M]) -> tuple[_M | None, list[Problem]]:
    problems = list(document.problems)
    if document.data is None:
        return None, problems
    try:
        value = model.model_validate(document.data)
    except ValidationError as error:
        return None, problems + [document.problem(*wrong) for wrong in complaints(error, model, document.data)]
    problems += [document.problem(*wrong) for wrong in value.contradictions()]
    return value, problems + _misnamed(document, value)


def _misnamed(document: strict_yaml.Document, value: BaseModel) -> list[Problem]:
    name = getattr(value, "id", None)
    if name is not None and document.path.stem != name:
        return [
            document.problem(
                ("id",), f"the id is '{name}' but the file is called {document.path.name}; make them the same"
            )
        ]
    return []


def restore(kind: Kind, data: Any) -> Loaded[Any]:
    """Make an authored thing again from the plain data that a session kept; raise ContentError if it no longer fits."""
    try:
        if kind == "rubric":
            turns = [turn for bank in data["bank"] for turn in Bank.model_validate(bank).turns]
            return Loaded(Rubric.model_validate(data["rubric"]), Path("kept"), data, tuple(turns))
        return Loaded(MODELS[kind].model_validate(data), Path("kept"), data)
    except (ValidationError, KeyError, TypeError) as error:
        raise ContentError(f"the kept {kind} no longer fits this version of the program: {error}") from error


class Library:
    """Find authored content by id or path."""

    def __init__(self, roots: Iterable[Path] | None = None) -> None:
        self.roots = tuple(roots) if roots is not None else paths.content_roots()

    def files(self, kind: Kind) -> dict[str, Path]:
        """List the files of a kind by id, those that hide others first."""
        found: dict[str, Path] = {}
        for root in self.roots:
            folder = root / FOLDERS[kind]
            if folder.is_dir():
                for path in sorted(folder.glob("*.yaml")):
                    if not path.name.endswith(WALKTHROUGH):
                        found.setdefault(path.stem, path)
        return found

    def path(self, kind: Kind, name: str) -> Path:
        """Return the file of an id or an explicit path; raise ContentError where there is none."""
        if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
            path = Path(name)
            if not path.is_file():
                raise ContentError(f"there is no file {name}")
            return path
        files = self.files(kind)
        if name not in files:
            hint = nearest(name, files)
            raise ContentError(f"there is no {kind} '{name}'{hint} (known: {', '.join(sorted(files)) or 'none'})")
        return files[name]

    def _get(self, kind: Kind, name: str, model: type[_M]) -> Loaded[_M]:
        path = self.path(kind, name)
        loaded, problems = read(path, model)
        if loaded is None:
            raise ContentError(f"the {kind} '{name}' cannot be used:", sorted(problems))
        return loaded

    def persona(self, name: str) -> Loaded[Persona]:
        """Read a persona; raise ContentError with every problem."""
        return self._get("persona", name, Persona)

    def rubric(self, name: str) -> Loaded[Rubric]:
        """Read a rubric with its exemplars; raise ContentError with every problem."""
        return self._get("rubric", name, Rubric)

    def exercise(self, name: str) -> Loaded[Exercise]:
        """Read an exercise; raise ContentError with every problem."""
        return self._get("exercise", name, Exercise)

    def readable(self, kind: Kind) -> tuple[list[Loaded[Any]], list[Problem]]:
        """Read all of a kind: those that can be used, and the problems of those that cannot."""
        good: list[Loaded[Any]] = []
        problems: list[Problem] = []
        for path in self.files(kind).values():
            loaded, found = read(path, MODELS[kind])
            problems += found
            if loaded:
                good.append(loaded)
        return good, problems

    def check(self) -> tuple[int, list[Problem]]:
        """Check every file that the library sees; return how many files, and every problem."""
        files = [path for kind in KINDS for path in self.files(kind).values()]
        files += [path for root in self.roots for path in sorted((root / FOLDERS["persona"]).glob(f"*{WALKTHROUGH}"))]
        return len(files), sorted(problem for path in files for problem in self.check_file(path))

    def check_file(self, path: Path) -> list[Problem]:
        """List every problem of one file, and of what it names."""
        document = strict_yaml.load(path)
        if document.data is None:
            return document.problems
        schema = document.data.get("schema") if isinstance(document.data, dict) else None
        if path.name.endswith(WALKTHROUGH) or schema == "walkthrough/1":
            return self._check_walkthrough(path)
        if schema == "exemplars/1":
            return read(path, Bank)[1]
        for kind in KINDS:
            if schema == f"{kind}/1":
                if kind == "exercise":
                    return self._check_exercise(path)
                return read(path, MODELS[kind])[1]
        known = [f"{kind}/1" for kind in (*KINDS, "walkthrough", "exemplars")]
        hint = nearest(str(schema), known) if schema is not None else f"; begin with 'schema: {known[0]}' or the like"
        what = "there is no key 'schema'" if schema is None else f"the schema {quoted(schema)} is not known"
        return [document.problem(("schema",), f"{what}{hint}")]

    def _check_exercise(self, path: Path) -> list[Problem]:
        loaded, problems = read(path, Exercise)
        if loaded is None:
            return problems
        document = strict_yaml.load(path)
        exercise = loaded.value
        persona: Persona | None = None
        rubric: Rubric | None = None
        try:
            persona = self.persona(exercise.persona).value
        except ContentError as error:
            problems.append(document.problem(("persona",), _unusable(error, "persona", exercise.persona)))
        try:
            rubric = self.rubric(exercise.rubric).value
        except ContentError as error:
            problems.append(document.problem(("rubric",), _unusable(error, "rubric", exercise.rubric)))
        if persona and rubric:
            problems += [document.problem(*wrong) for wrong in exercise.contradictions_with(persona, rubric)]
        return problems

    def _check_walkthrough(self, path: Path) -> list[Problem]:
        loaded, problems = read(path, Walkthrough)
        if loaded is None:
            return problems
        document = strict_yaml.load(path)
        beside = path.parent / f"{loaded.value.persona}.yaml"
        if not beside.is_file():
            known = [file.stem for file in path.parent.glob("*.yaml") if not file.name.endswith(WALKTHROUGH)]
            message = f"there is no {beside.name} beside this file{nearest(loaded.value.persona, sorted(known))}"
            return [document.problem(("persona",), message)]
        persona, wrong = read(beside, Persona)
        if persona is None:
            error = ContentError("", wrong)
            return [document.problem(("persona",), _unusable(error, "persona", loaded.value.persona))]
        return [document.problem(way, message) for way, message in loaded.value.contradictions_with(persona.value)]


def _unusable(error: ContentError, kind: Kind, name: str) -> str:
    """Say in one line why something that a file names cannot be used."""
    if error.problems:
        return f"the {kind} '{name}' has problems of its own; see: simulator check {error.problems[0].path}"
    return str(error)


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a format: a kind, ``walkthrough`` or ``exemplars``."""
    models: dict[str, type[Authored]] = {"walkthrough": Walkthrough, "exemplars": Bank}
    models.update({str(name): model for name, model in MODELS.items()})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **models[kind].model_json_schema(by_alias=True)}
