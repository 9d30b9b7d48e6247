"""Records of the desk: notices and whether people want them by e-mail too; answers to calls of programs."""

from desk.api.models import AnsweredCall
from desk.notices.models import Notice, NoticePreference

__all__ = ["AnsweredCall", "Notice", "NoticePreference"]
