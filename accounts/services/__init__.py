"""Use-cases of accounts: the only writers of authorities, offices, organisations, and of who acts for them.

Each locks the head it concerns, writes, and appends one event to that head's chain, in one transaction.
`actor` is the opaque name of who acts ("person:<uuid>", "system"), `by` the person where the use-case itself
checks that they may; `at` is an aware instant. Facts name people by public id only. What cannot be written,
or not by them, raises `django.core.exceptions.ValidationError`, whose messages are sentences.
"""

from accounts.services.authorities import create_authority, create_office, end_tenure, start_tenure
from accounts.services.invitations import accept_invitation, invite, withdraw_invitation
from accounts.services.mandates import give_mandate, revoke_mandate
from accounts.services.offices import appoint, appoint_deputy, dismiss, open_office
from accounts.services.organisations import (
    create_membership,
    create_organisation,
    end_membership,
    register_organisation,
    remove_member,
)
from accounts.services.people import deactivate_person, end_sessions, reactivate_person
from accounts.services.vetting import ask_for_vetting, decide_vetting

__all__ = [
    "accept_invitation",
    "appoint",
    "appoint_deputy",
    "ask_for_vetting",
    "create_authority",
    "create_membership",
    "create_office",
    "create_organisation",
    "deactivate_person",
    "decide_vetting",
    "dismiss",
    "end_membership",
    "end_sessions",
    "end_tenure",
    "give_mandate",
    "invite",
    "open_office",
    "reactivate_person",
    "register_organisation",
    "remove_member",
    "revoke_mandate",
    "start_tenure",
    "withdraw_invitation",
]
