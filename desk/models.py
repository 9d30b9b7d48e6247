"""Records of the desk: notices and whether people want them by e-mail too; answers to calls of programs;
endpoints of programs, with what is sent to them.
"""

from desk.api.models import AnsweredCall
from desk.notices.models import Notice, NoticePreference
from desk.webhooks.models import Attempt, Endpoint, Message, SigningKey

__all__ = ["AnsweredCall", "Attempt", "Endpoint", "Message", "Notice", "NoticePreference", "SigningKey"]
