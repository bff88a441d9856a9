# SPDX-License-Identifier: Apache-2.0
"""The checker of reports: which numbers of a text do not fit, and which of them is most probably the slip.

Everything that must hold is asked (``relations``). What is broken and shares a number is one finding, and its suspect
the number that most of it turns on and that least of what holds confirms; where two are as likely, none is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from shanhai.insight.evidence.texts.rules.arithmetic import Relation, slipped, written
from shanhai.insight.evidence.texts.rules.layout import lay_out
from shanhai.insight.evidence.texts.rules.relations import UNIT_FACTORS, relations
from shanhai.insight.evidence.texts.values import Claim, Finding, Span
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.returns.values import Interval

SLIP = gettext_noop("%(stated)s 很可能写错了：%(because)s换成 %(wanted)s，有关的 %(count)s 处就都对得上。")
SUSPECT = gettext_noop("%(stated)s 很可能写错了：%(because)s与它有关的 %(count)s 处都对不上。")
COPIED = gettext_noop("%(stated)s 很可能是从别处抄来的数：%(because)s换成 %(wanted)s，有关的 %(count)s 处就都对得上。")
# So many relations of one number are tried against one another.
_MOST_TRIED = 40
UNIT = gettext_noop("%(stated)s 的单位很可能写错了：%(because)s换成 %(wanted)s，有关的 %(count)s 处就都对得上。")


def check(stated: Sequence[Claim], text: str) -> tuple[Finding, ...]:
    """All findings about what ``text`` states, as they begin; none where every sum, rate and state is right.

    What stands in a damaged sentence is not asked.
    """
    claims = [claim for claim in stated if not claim.damaged]
    known = relations(text, lay_out(text, claims))
    # What only bounds a number (a part, a later state) confirms none of it.
    confirming = [relation for relation in known if relation.passed and relation.weight >= 1]
    support = Counter(claim.start for relation in confirming for claim in relation.claims)
    texts = Counter(claim.text for claim in claims)
    findings = [_finding(group, support, texts) for group in _groups([one for one in known if not one.passed])]
    return tuple(sorted(findings, key=lambda finding: finding.spans[0]))


def _groups(broken: Sequence[Relation]) -> list[list[Relation]]:
    """What is broken, put together where it shares a number."""
    group_of: dict[int, list[Relation]] = {}
    for relation in broken:
        touching = {id(group): group for one in relation.claims if (group := group_of.get(one.start)) is not None}
        # The smaller are put to the largest: a text where all hangs together is sorted in reasonable time too.
        kept, *others = sorted(touching.values(), key=len, reverse=True) or [[]]
        for other in others:
            kept += other
        kept.append(relation)
        for member in (relation, *(one for other in others for one in other)):
            group_of.update(dict.fromkeys((claim.start for claim in member.claims), kept))
    return list({id(group): group for group in group_of.values()}.values())


def _finding(group: Sequence[Relation], support: Mapping[int, int], texts: Mapping[str, int]) -> Finding:
    concerned = {claim.start: claim for relation in group for claim in relation.claims}
    spans = tuple(Span(claim.start, claim.end) for _start, claim in sorted(concerned.items()))
    first = max(group, key=lambda relation: relation.weight)
    named = _suspect(group, support)
    if named is None:
        return Finding(first.kind, first.message, spans)
    suspect, broken = named
    kind, said = _said(suspect, broken, texts)
    return Finding(kind or first.kind, said, spans, suspect)


def _suspect(group: Sequence[Relation], support: Mapping[int, int]) -> tuple[Claim, list[Relation]] | None:
    """The claim that mends most of the group, then that least confirms, then that one slip would explain.

    With it what it mends.
    """
    turning: dict[int, tuple[Claim, list[Relation]]] = {}
    for relation in group:
        for claim in relation.claims:
            turning.setdefault(claim.start, (claim, []))[1].append(relation)
    turning = {start: (claim, _mended(claim, broken)) for start, (claim, broken) in turning.items()}
    ranked = sorted(
        (
            (sum(one.weight for one in mended), -support.get(start, 0), _explained(claim, mended), start)
            for start, (claim, mended) in turning.items()
        ),
        reverse=True,
    )
    return turning[ranked[0][3]] if len(ranked) == 1 or ranked[0][:3] > ranked[1][:3] else None


def _mended(claim: Claim, broken: Sequence[Relation]) -> list[Relation]:
    """The most of what is broken that one other number in place of the claim would mend; all, if none would any."""
    wanted = [(one, one.wanted[claim.start]) for one in broken if claim.start in one.wanted][:_MOST_TRIED]
    tried = ([one for one, other in wanted if other.meets(interval)] for _one, interval in wanted)
    return max(tried, key=lambda mended: sum(one.weight for one in mended), default=list(broken))


def _explained(claim: Claim, broken: Sequence[Relation]) -> bool:
    wanted = _wanted(claim, broken)
    return wanted is not None and slipped(claim, wanted)


def _wanted(claim: Claim, broken: Sequence[Relation]) -> Interval | None:
    """What the claim would have to be for all that is broken of it to hold; None where nothing would do."""
    if any(claim.start not in relation.wanted for relation in broken):
        return None
    asked = [relation.wanted[claim.start] for relation in broken]
    low, high = max(one.low for one in asked), min(one.high for one in asked)
    return None if low > high else Interval(low, high)


def _said(suspect: Claim, broken: Sequence[Relation], texts: Mapping[str, int]) -> tuple[str, Message]:
    """What kind of slip it is, and the sentence with the arithmetic."""
    because = max(broken, key=lambda relation: relation.weight).message
    wanted = _wanted(suspect, broken)
    params = {"stated": suspect.text, "because": because, "count": len(broken)}
    if wanted is None or all(one.kind in ("order", "part", "conflict") for one in broken):
        return "", message(SUSPECT, **params) if len(broken) > 1 else because
    sums = [one.wanted[suspect.start].middle for one in broken if one.kind == "sum"]
    half = suspect.step / 2
    best = next((one for one in sums if wanted.meets(Interval(one - half, one + half))), wanted.middle)
    params["wanted"] = written(best, suspect)
    if any(wanted.meets(Interval.exact(suspect.value * factor)) for factor in UNIT_FACTORS):
        params["wanted"] = suspect.text.translate(str.maketrans("亿万", "万亿"))
        return "unit", message(UNIT, **params)
    if texts[suspect.text] > 1 and len(broken) > 1:
        return "copy", message(COPIED, **params)
    return "", message(SLIP, **params)
