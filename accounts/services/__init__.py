"""Use-cases of accounts: the only writers of authorities, offices, organisations, and of who acts for them.

Each locks the head it concerns, writes, and appends one event to that head's chain, in one transaction.
`actor` is the opaque name of who acts ("person:<uuid>", "system"), `by` the person where the use-case itself
checks that they may; `at` is an aware instant. Facts name people by public id only. What cannot be written,
or not by them, raises `django.core.exceptions.ValidationError`, whose messages are sentences.
"""

from accounts.services.authorities import (
    create_authority,
    create_office,
    end_tenure,
    keep_party,
    start_tenure,
)
from accounts.services.credentials import (
    end_service_account,
    issue_token,
    open_service_account,
    revoke_token,
    rotate_token,
    token_with,
)
from accounts.services.foundation import accept_office, found_authority, invite_director
from accounts.services.invitations import (
    accept_invitation,
    invite,
    invite_first_person,
    withdraw_invitation,
)
from accounts.services.mandates import (
    confirm_mandate_on_paper,
    give_mandate,
    record_mandate_on_paper,
    revoke_mandate,
)
from accounts.services.offices import appoint, appoint_deputy, dismiss, open_office
from accounts.services.organisations import (
    create_membership,
    create_organisation,
    end_membership,
    register_organisation,
    remove_member,
)
from accounts.services.people import (
    change_person,
    choose_language,
    deactivate_person,
    end_sessions,
    reactivate_person,
)
from accounts.services.second_factors import (
    issue_set_up_code,
    redeem_set_up_code,
    reset_by_installation,
    reset_second_factor,
)
from accounts.services.vetting import ask_for_vetting, decide_vetting, withdraw_vetting

__all__ = [
    "accept_invitation",
    "accept_office",
    "appoint",
    "appoint_deputy",
    "ask_for_vetting",
    "change_person",
    "choose_language",
    "confirm_mandate_on_paper",
    "create_authority",
    "create_membership",
    "create_office",
    "create_organisation",
    "deactivate_person",
    "decide_vetting",
    "dismiss",
    "end_membership",
    "end_service_account",
    "end_sessions",
    "end_tenure",
    "found_authority",
    "give_mandate",
    "invite",
    "invite_director",
    "invite_first_person",
    "issue_set_up_code",
    "issue_token",
    "keep_party",
    "open_office",
    "open_service_account",
    "reactivate_person",
    "record_mandate_on_paper",
    "redeem_set_up_code",
    "register_organisation",
    "remove_member",
    "reset_by_installation",
    "reset_second_factor",
    "revoke_mandate",
    "revoke_token",
    "rotate_token",
    "start_tenure",
    "token_with",
    "withdraw_invitation",
    "withdraw_vetting",
]
