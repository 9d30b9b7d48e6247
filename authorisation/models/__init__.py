"""Records of authorisation, by subject: cases, what was said about them, authorisations, volumes."""

from authorisation.models.authorisations import Authorisation, AuthorisationVersion
from authorisation.models.cases import Application, ApplicationVersion, Case, Question, Waiver
from authorisation.models.decisions import Decision, Opinion, Recommendation
from authorisation.models.volumes import Ceiling, Entry, Line

__all__ = [
    "Application",
    "ApplicationVersion",
    "Authorisation",
    "AuthorisationVersion",
    "Case",
    "Ceiling",
    "Decision",
    "Entry",
    "Line",
    "Opinion",
    "Question",
    "Recommendation",
    "Waiver",
]
