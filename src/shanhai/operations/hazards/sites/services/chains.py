# SPDX-License-Identifier: Apache-2.0
"""Who is called when a site rises, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Faults
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.models import ChainLink, HazardSite
from shanhai.operations.hazards.sites.rules.facts import checked_member
from shanhai.operations.hazards.sites.selectors.sites import chain_in_words, chain_of, managed_site
from shanhai.operations.hazards.sites.values import LinkFacts
from shanhai.operations.hazards.values import ChainRole, Channel
from shanhai.registers.people.selectors import get_person

MOST_LINKS = 30


@transaction.atomic
def set_chain(
    *, by: Actor, at: datetime, site: str, links: Sequence[LinkFacts], seen: Sequence[str] | None = None
) -> list[ChainLink]:
    """Replace the chain of a site: the first is called first. People of the programme's register, in duty today.

    ``seen`` is ``chain_in_words`` of when it was shown. Raises NotVisible, NotAllowed, BadInput with all
    faults (the field is the place in the chain, "1"), and Conflict where somebody else has changed it meanwhile.
    """
    found = managed_site(viewer=by, code=site)
    links_before = chain_of(found)
    old, before = chain_in_words(links_before), [str(one.person.uuid) for one in links_before]
    if seen is not None and list(seen) != old:
        text = gettext_noop("您打开这一页以后，有人改了责任链。请重新打开再改。")
        raise Conflict(text, "hazards.chain_meanwhile")
    if len(links) > MOST_LINKS:
        text = gettext_noop("责任链最多 %(most)s 人。")
        raise BadInput(text, "hazards.chain_too_long", most=MOST_LINKS)
    faults, made, named = Faults(), list[ChainLink](), set[object]()
    for position, link in enumerate(links, start=1):
        with faults.of(str(position)):
            if link.person in named:
                text = gettext_noop("同一个人在责任链里出现两次。请只留一处。")
                raise BadInput(text, "hazards.chain_names_twice")
            named.add(link.person)
            made.append(_link(by, at, found, position, link))
    faults.tell()
    found.chain.all().delete()
    ChainLink.objects.bulk_create(made)
    if chain_in_words(made) != old:
        changes = {"chain": [before, [str(one.person.uuid) for one in made]], "role": [one.role for one in made]}
        audit.record(by=by, at=at, action="hazards.site.chained", on=found.subject(), changes=changes)
    return made


def _link(by: Actor, at: datetime, site: HazardSite, position: int, link: LinkFacts) -> ChainLink:
    role = checked_member(link.role, ChainRole)
    channels = list(dict.fromkeys(checked_member(one, Channel) for one in link.channels))
    if not channels or Channel.SIREN in channels:
        text = gettext_noop("请选怎么叫：站内、邮件、短信或语音电话，至少一样。警报器不叫某一个人。")
        raise BadInput(text, "hazards.chain_without_channel")
    if (link.quiet_from is None) != (link.quiet_until is None) or (
        link.quiet_from is not None and link.quiet_from == link.quiet_until
    ):
        text = gettext_noop("免打扰要写起止两个时间，两个不能一样；不用就都空着。")
        raise BadInput(text, "hazards.quiet_hours_not_usable")
    try:
        person = get_person(viewer=by, uuid=link.person)
    except DomainError as error:
        raise BadInput(error.message.text, "hazards.person_not_found") from error
    today = local_date(at)
    in_duty = person.valid_from <= today and (person.valid_until is None or person.valid_until > today)
    if person.programme != site.programme.code or not in_duty:
        text = gettext_noop("这个人不在这项对口支援的人员登记里，或者已经离任。请换一个。")
        raise BadInput(text, "hazards.person_not_in_duty")
    facts = {"role": role, "channels": channels, "quiet_from": link.quiet_from, "quiet_until": link.quiet_until}
    return ChainLink(site=site, position=position, person=person, **facts)
