"""Records of the desk: notices and whether people want them by e-mail too; answers to calls of programs;
endpoints of programs and authorities, with what is sent to them; exports of what an authority owns.
"""

from desk.api.models import AnsweredCall
from desk.exporting.models import Export, ExportPart
from desk.notices.models import Notice, NoticePreference
from desk.webhooks.models import Attempt, Endpoint, Message, SigningKey

__all__ = [
    "AnsweredCall",
    "Attempt",
    "Endpoint",
    "Export",
    "ExportPart",
    "Message",
    "Notice",
    "NoticePreference",
    "SigningKey",
]
