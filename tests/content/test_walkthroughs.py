"""Every walkthrough beside a persona, with the real encoder and scorer."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.content.library import WALKTHROUGH, read
from simulator.content.persona import Persona
from simulator.content.walkthrough import Walkthrough
from simulator.paths import bundled_folder
from simulator.scoring.encoder import Encoder
from simulator.scoring.scorer import Scorer
from simulator.scoring.topics import Topics
from simulator.walking import walk

FILES = sorted((bundled_folder() / "personas").glob(f"*{WALKTHROUGH}"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(WALKTHROUGH))
def test_what_must_follow_follows(file: Path, scorer: Scorer, encoder: Encoder) -> None:
    walkthrough, problems = read(file, Walkthrough)
    assert walkthrough is not None, problems
    persona, problems = read(file.with_name(f"{walkthrough.value.persona}.yaml"), Persona)
    assert persona is not None, problems
    topics = Topics(persona.value, encoder)
    unmet = [message for way in walkthrough.value.walks for message in walk(persona.value, way, scorer, topics)]
    assert unmet == []


def test_every_persona_has_a_walkthrough() -> None:
    personas = {
        file.stem for file in (bundled_folder() / "personas").glob("*.yaml") if not file.name.endswith(WALKTHROUGH)
    }
    assert personas == {file.name.removesuffix(WALKTHROUGH) for file in FILES}
