"""Use-cases of one act over many authorisations: asked for at once, its cases opened one after the other.

`ask_over_many` writes down which authorisations are meant and one message in the outbox for each; a deliverer
then opens the case of each in a transaction of its own (`open_one`). However often a message is delivered,
there is one case of each. Whoever asked has to hold the office still when a case is opened.
"""

import json
from collections.abc import Sequence
from typing import cast

from django.db import transaction
from django.utils import translation

from accounts.models import Authority, Office
from authorisation import acts
from authorisation.models import ActOverMany, Authorisation, Concerned
from authorisation.services.acts import open_one_of_many, who_acts_for, without_grounds
from workflow.actors import Person
from workflow.door import Act
from workflow.effects import Delivery
from workflow.outbox import enqueue
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

OPEN_ONE = "open_one_of_many"


def ask_over_many(
    authority: Authority,
    authorisations: Sequence[Authorisation],
    plan: acts.OverMany,
    *,
    act: Act,
    name: str,
) -> ActOverMany:
    """Writes an act over many authorisations down, and has a case of each opened.

    `name` names the act: asked for again under it, what was asked for is found and nothing is begun twice.
    Raises Refused for whoever may open no act of the authority, and without grounds.
    """
    actor, reasons = who_acts_for(authority, act), [*without_grounds(plan)]
    if reasons:
        raise Refused(Refusal.RULE, reasons)
    with transaction.atomic():
        asked, new = ActOverMany.objects.get_or_create(
            name=name,
            defaults={
                "authority": authority,
                "plan": plan.canonical(),
                "opened_by": actor.user,
                "office": cast(Office, actor.office),
                "language": translation.get_language() or "en",
                "asked_at": act.clock.now(),
            },
        )
        if new:
            for one in authorisations:
                concerned = Concerned.objects.create(act=asked, authorisation=one)
                enqueue(OPEN_ONE, {"concerned": concerned.pk}, clock=act.clock)
    return asked


def open_one(delivery: Delivery) -> None:
    """Opens the case of one authorisation of an act over many, or writes down why there is none."""
    found = Concerned.objects.select_related(
        "act__opened_by", "act__office__authority", "authorisation__authority__party", "authorisation__holder"
    )
    concerned = found.get(pk=cast(int, delivery.payload["concerned"]))
    if concerned.case_id is not None or concerned.against:
        return
    asked = concerned.act
    act = Act(actor=Person(user=asked.opened_by, office=asked.office), clock=delivery.clock)
    plan = acts.parse_over_many(asked.plan)
    try:
        with transaction.atomic():
            concerned.case = open_one_of_many(concerned.authorisation, plan, act=act, batch=asked.name)
            concerned.save(update_fields=["case"])
    except Refused as refusal:
        with translation.override(asked.language):
            reasons = [{"code": one.code, "text": str(one), "mend": one.mend_text} for one in refusal.reasons]
        concerned.case = None
        concerned.against = json.dumps(reasons, ensure_ascii=False)
        concerned.save(update_fields=["against"])
