"""What a command prints of an invitation to direct an authority, once; and the mail with its link."""

from collections.abc import Callable
from smtplib import SMTPException

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from accounts.services.foundation import HOLDS, Invited
from desk.people.told_by_mail import mail_office_invitation, office_link


def tell_once(invited: Invited, say: Callable[[str], object]) -> None:
    """The link and the code; of both only digests are kept."""
    say(_("Invited to direct the authority: %(email)s") % {"email": invited.invitation.email})
    say(_("Link: %(link)s") % {"link": office_link(invited.token)})
    say(_("Set-up code of the second factor: %(code)s") % {"code": invited.set_up_code})
    say(
        _(
            "Both hold once, for %(days)s days, and are not shown again. Hand the code "
            "over apart from the link."
        )
        % {"days": HOLDS.days}
    )


def send_by_mail(invited: Invited) -> None:
    """The link by mail. CommandError where none goes out: what was printed holds all the same."""
    try:
        mail_office_invitation(invited.invitation, invited.token)
    except (SMTPException, OSError) as fault:
        raise CommandError(
            _("The mail could not be sent. The invitation holds: hand the link over otherwise.")
        ) from fault
