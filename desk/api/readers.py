"""Which fields only certain callers are told: one table, read by the serializers and by the specification.

A field that stands in no row of it is told to whoever may read the record at all. What may be read at all is
decided by the selectors, and not here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from authorisation.models import Case
from desk import permissions
from desk.api.callers import Caller
from workflow.clock import RealClock

if TYPE_CHECKING:
    from rest_framework.serializers import Serializer

    _Base = Serializer[Any]
else:
    _Base = object


class Reader(StrEnum):
    """What a caller is to the case that is read; the words stand in the specification."""

    AUTHORITY = "people of the authority"
    OUTSIDE = "people of the applicant or holder, and who acts for them"
    OUTSIDE_ONCE_OUT = "people of the applicant or holder once the letter of the decision is issued"
    PROGRAM = "programs of the applicant or holder"
    PROGRAM_ONCE_OUT = "their programs once it is issued"


_DELIBERATING = frozenset({Reader.AUTHORITY})
_TOLD = frozenset({Reader.AUTHORITY, Reader.OUTSIDE_ONCE_OUT, Reader.PROGRAM_ONCE_OUT})

# By the name of the serializer as the specification has it, and of the field.
READERS: Mapping[str, Mapping[str, frozenset[Reader]]] = {
    "OneCase": {
        "opinions": _DELIBERATING,
        "recommendation": _DELIBERATING,
        "decision": _TOLD,
    },
}


def reader_of(case: Case, caller: Caller) -> Reader:
    """What the caller, who may read the case, is to it."""
    is_out = permissions.is_decision_out(case)
    if caller.program is not None:
        return Reader.PROGRAM_ONCE_OUT if is_out else Reader.PROGRAM
    if permissions.serves_the_authority(caller.person, case, clock=RealClock()):
        return Reader.AUTHORITY
    return Reader.OUTSIDE_ONCE_OUT if is_out else Reader.OUTSIDE


def hidden_from(reader: Reader, serializer: str) -> frozenset[str]:
    """The fields of this serializer that are absent for this reader."""
    told = READERS.get(serializer, {})
    return frozenset(name for name, readers in told.items() if reader not in readers)


class ForReaders(_Base):
    """A serializer of cases that leaves out what its row of the table keeps from the caller.

    In its context stands the view, which knows who calls.
    """

    def to_representation(self, case: Case) -> dict[str, Any]:
        """Without the fields that are not for the caller; what they say is then not read either."""
        reader = reader_of(case, self.context["view"].caller)
        hidden = hidden_from(reader, type(self).__name__.removesuffix("Serializer"))
        told = {}
        for name, field in self.fields.items():
            if name in hidden or field.write_only:
                continue
            given = field.get_attribute(case)
            told[name] = field.to_representation(given) if given is not None else None
        return told


def with_readers(document: dict[str, Any]) -> dict[str, Any]:
    """The specification with, of each field of the table, who is told it; for others it is absent."""
    for name, fields in READERS.items():
        schema = document["components"]["schemas"][name]
        for field, readers in fields.items():
            said = schema["properties"][field]
            only = f"Only for: {'; '.join(one.value for one in Reader if one in readers)}. Absent for others."
            if "$ref" in said:
                schema["properties"][field] = {"allOf": [said], "description": only}
            else:
                said["description"] = f"{said.get('description', '')} {only}".strip()
            if field in schema.get("required", ()):
                schema["required"].remove(field)
    return document
