"""The figures of a session: profile, trend and moments, rather than a mean. Used by the report and the debrief."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import fmean, median

from simulator.content.rubric import Behaviour, Criterion, Rubric
from simulator.records.figures import Happening, Moment, Profile, Summary, Talk, Trend, TryNext
from simulator.session import CriterionScore, EventKind, Exchange, Scores, Session, Unscored

LEAST = 3.0
"""The level that is the least a trainee should offer."""
TREND = 0.5
"""By how much the last third must differ from the first to be rising or falling: exemplars are graded in halves."""
TREND_FROM = 6
"""The fewest scored replies that have a trend: below, a third is one reply."""


def summarise(session: Session, rubric: Rubric) -> Summary:
    """Work out the figures of a session, open or ended, by the rubric that scored it. A pure function."""
    profiles = tuple(_profile(session, criterion) for criterion in rubric.criteria)
    gains = _gains(session)
    best = _extreme([profile.best for profile in profiles if profile.best], gains, highest=True)
    return Summary(
        turns=len(session.exchanges),
        minutes=_minutes(session),
        unscored=sum(_is_unscored(exchange, rubric) for exchange in session.exchanges),
        profiles=profiles,
        talk=_talk(session, rubric),
        trust=(session.start.trust, *(exchange.state.trust for exchange in session.exchanges)),
        first_stage=session.start.stage,
        stages=_happenings(session, "stage"),
        told=_happenings(session, "told"),
        declined=_happenings(session, "declined"),
        ruptures=_happenings(session, "rupture"),
        repairs=_happenings(session, "repair"),
        rupture_open=session.state.rupture is not None,
        worst=_extreme([profile.worst for profile in profiles if profile.worst], gains, highest=False),
        keep=best if best and best.level >= LEAST else None,
        try_next=_try_next(profiles, rubric),
    )


def nearest_level(level: float) -> int:
    """Return the whole level, 1 to 5, that a level counts as; half a level short does not reach the next."""
    return min(max(math.ceil(level - 0.5), 1), 5)


def _profile(session: Session, criterion: Criterion) -> Profile:
    scores = [(exchange, exchange.scores.criteria.get(criterion.id)) for exchange in session.exchanges]
    moments = list(_moments(session, criterion.id, scores))
    levels = [moment.level for moment in moments]
    counts = Counter(map(nearest_level, levels))
    spread = (counts[1], counts[2], counts[3], counts[4], counts[5])
    total = len(levels) or 1
    third = len(levels) // 3
    first, last = (fmean(levels[:third]), fmean(levels[-third:])) if len(levels) >= TREND_FROM else (None, None)
    gains = _gains(session)
    return Profile(
        criterion=criterion.id,
        name=criterion.name,
        scored=len(levels),
        unscored=_unscored(score for _, score in scores),
        counts=spread,
        shares=(spread[0] / total, spread[1] / total, spread[2] / total, spread[3] / total, spread[4] / total),
        middle=median(levels) if levels else None,
        below=sum(level < LEAST for level in levels) / total if levels else None,
        first=first,
        last=last,
        trend=None if first is None or last is None else _trend(last - first),
        worst=_extreme(moments, gains, highest=False),
        best=_extreme(moments, gains, highest=True),
        self_rated=session.self_rating.levels.get(criterion.id) if session.self_rating else None,
    )


def _moments(
    session: Session, criterion: str, scores: list[tuple[Exchange, CriterionScore | None]]
) -> Iterator[Moment]:
    """Make a moment of every reply that has a level."""
    before = session.opening.text
    for exchange, score in scores:
        if score is not None and score.level is not None:
            yield Moment(
                turn=exchange.number,
                criterion=criterion,
                level=score.level,
                client=before,
                counsellor=exchange.counsellor,
                reason=score.reason,
            )
        before = exchange.client.text


def _unscored(scores: Iterable[CriterionScore | None]) -> dict[Unscored, int]:
    without = [score for score in scores if score is None or score.level is None]
    # Where the scorer gave no reason, it did not know the criterion: it had no exemplars of it.
    return dict(sorted(Counter((score.unscored if score else None) or "no_exemplars" for score in without).items()))


def _is_unscored(exchange: Exchange, rubric: Rubric) -> bool:
    return all(exchange.scores.level(criterion.id) is None for criterion in rubric.criteria)


def _trend(change: float) -> Trend:
    if change >= TREND:
        return "rising"
    return "falling" if change <= -TREND else "steady"


def _gains(session: Session) -> dict[int, float]:
    """Tell by how much each turn moved trust."""
    trust = [session.start.trust, *(exchange.state.trust for exchange in session.exchanges)]
    return {
        exchange.number: after - before
        for exchange, before, after in zip(session.exchanges, trust, trust[1:], strict=False)
    }


def _extreme(moments: list[Moment], gains: dict[int, float], highest: bool) -> Moment | None:
    """Pick the highest or the lowest moment: by level, then by what it did to trust, then the earlier."""
    sign = -1 if highest else 1
    return min(moments, key=lambda moment: (sign * moment.level, sign * gains[moment.turn], moment.turn), default=None)


def _try_next(profiles: tuple[Profile, ...], rubric: Rubric) -> TryNext | None:
    """Find the criterion with the largest share of replies below the least, then lowest middle, then worst reply."""
    weak = [(-(p.below or 0.0), p.middle or 0.0, p.worst.level, n) for n, p in enumerate(profiles) if p.worst]
    if not weak:
        return None
    criterion, worst = rubric.criteria[min(weak)[3]], profiles[min(weak)[3]].worst
    assert worst is not None
    return TryNext(criterion=criterion.id, name=criterion.name, goal=criterion.goal, moment=worst)


def _happenings(session: Session, kind: EventKind) -> tuple[Happening, ...]:
    return tuple(
        Happening(turn=exchange.number, about=event.about, reason=event.reason)
        for exchange in session.exchanges
        for event in exchange.events
        if event.kind == kind
    )


def _talk(session: Session, rubric: Rubric) -> Talk:
    scores = [exchange.scores for exchange in session.exchanges]
    spoken = [session.opening, *(exchange.client for exchange in session.exchanges), session.closing]
    hers = sum(_words(re.sub(r"\([^()]*\)", " ", said.text)) for said in spoken if said)
    ours = sum(_words(exchange.counsellor) for exchange in session.exchanges)
    codes = {code.id: sum(score.has(code.id) for score in scores) for code in rubric.codes}
    reflecting, questions = _of_kind(scores, rubric, "reflection"), len(_of_kind(scores, rubric, "question"))
    reflections, deep = len(reflecting), sum(score.has("complex_reflection") for score in reflecting)
    return Talk(
        counsellor_words=ours,
        client_words=hers,
        counsellor_share=ours / (ours + hers) if ours + hers else None,
        behaviours=dict(sorted(Counter(score.behaviour for score in scores).items())),
        codes={name: times for name, times in codes.items() if times},
        reflections=reflections,
        complex_reflections=deep,
        questions=questions,
        reflections_to_questions=reflections / questions if questions else None,
        complex_share=deep / reflections if reflections else None,
        silences=sum(not exchange.counsellor.strip() for exchange in session.exchanges),
    )


def _of_kind(scores: list[Scores], rubric: Rubric, kind: Behaviour) -> list[Scores]:
    """Pick the replies that carry a code of a behaviour; by their one behaviour where the rubric has no such code."""
    names = [code.id for code in rubric.codes if code.behaviour == kind]
    if not names:
        return [score for score in scores if score.behaviour == kind]
    return [score for score in scores if any(score.has(name) for name in names)]


def _words(text: str) -> int:
    return len(re.findall(r"\w+(?:['’\-]\w+)*", text))


def _minutes(session: Session) -> float | None:
    if session.ended is None:
        return None
    try:
        lasted = datetime.fromisoformat(session.ended) - datetime.fromisoformat(session.started)
    except (ValueError, TypeError):
        # Written by hand, or one with and one without a time zone.
        return None
    return round(lasted.total_seconds() / 60, 1)
