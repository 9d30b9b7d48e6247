"""What the system tells those outside by itself: the public by the register, others by e-mail."""

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.names import in_language
from authorisation.lifecycle_of_announcements import State
from authorisation.models import Announcement
from authorisation.recipients import Recipient
from authorisation.services.announcements import address_of, told
from workflow.effects import Delivery


def announce(delivery: Delivery) -> None:
    """Tells one recipient, where the system can; what it cannot do stays for the desk.

    Run again, it finds it done. A crash between the sending and the mark may send a message once more.
    """
    found = Announcement.objects.select_related("authority", "authorisation", "case")
    announcement = found.get(public_id=UUID(str(delivery.payload["announcement"])))
    if announcement.state != State.DUE:
        return
    link = urljoin(
        settings.PUBLIC_URL, reverse("register_entry", args=[announcement.authorisation.identifier])
    )
    if announcement.recipient == Recipient.PUBLIC:
        # The register shows what is in force from the moment of the act.
        told(announcement, clock=delivery.clock, link=link)
        return
    address = address_of(announcement)
    if not address or announcement.case.simulated:
        return
    language = announcement.authority.languages[0]
    with translation.override(language):
        send_mail(_subject(announcement), _body(announcement, language, link), None, [address])
    told(announcement, clock=delivery.clock, link=link, by_mail=True)


def _subject(announcement: Announcement) -> str:
    return _("%(identifier)s: %(act)s") % {
        "identifier": announcement.authorisation.identifier,
        "act": announcement.get_act_display(),
    }


def _body(announcement: Announcement, language: str, link: str) -> str:
    lines = [
        in_language(announcement.authority.name, language),
        _("Authorisation %(identifier)s, version %(version)s: %(act)s.")
        % {
            "identifier": announcement.authorisation.identifier,
            "version": announcement.version_told,
            "act": announcement.get_act_display(),
        },
        _("What is in force, with its letters: %(link)s") % {"link": link},
    ]
    return "\n\n".join(lines) + "\n"
