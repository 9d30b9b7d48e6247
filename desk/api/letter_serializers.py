"""What the API says of a letter, as JSON."""

from typing import Any

from rest_framework import serializers

from desk.checking.selectors import CheckedLetter
from letters.content import AuthorisationBody


class StatusSerializer(serializers.Serializer[Any]):
    """How the letter stands on a day: a word for machines, a sentence for people."""

    in_force = serializers.BooleanField()
    word = serializers.CharField()
    sentence = serializers.CharField()
    as_of = serializers.DateField()


class CheckedLetterSerializer(serializers.Serializer[CheckedLetter]):
    """A letter that was issued. `says` is null for kinds of letter that are not public.

    `public_sha256` is that of its public copy, where a part is confidential; else empty.
    """

    genuine = serializers.SerializerMethodField()
    code = serializers.CharField()
    number = serializers.CharField()
    kind = serializers.CharField()
    date = serializers.DateField()
    issued_on = serializers.DateField()
    party = serializers.CharField(source="party_code")
    authority = serializers.CharField()
    sha256 = serializers.CharField()
    public_sha256 = serializers.CharField(allow_blank=True)
    on_paper = serializers.SerializerMethodField()
    demonstration = serializers.BooleanField()
    status = StatusSerializer()
    superseded_by = serializers.SerializerMethodField()
    says = serializers.SerializerMethodField()

    def get_genuine(self, letter: CheckedLetter) -> bool:
        """True: only issued letters are told of. A file is theirs if it has the SHA-256."""
        return True

    def get_on_paper(self, letter: CheckedLetter) -> dict[str, str] | None:
        """For a letter that was signed by hand, whose file is a certified copy: where the original is kept,
        and the ministry's own file number; null for one that was signed electronically."""
        return {"kept_at": letter.on_paper, "file_number": letter.file_number} if letter.on_paper else None

    def get_superseded_by(self, letter: CheckedLetter) -> str | None:
        """The number of the letter that replaced it."""
        return letter.superseded_by or None

    def get_says(self, letter: CheckedLetter) -> dict[str, Any] | None:
        """What a public letter says, in brief; volumes in whole t CO2 eq."""
        return None if letter.says is None else in_brief(letter.says)


def in_brief(body: AuthorisationBody) -> dict[str, Any]:
    """Activity, uses, ceilings, entities and until when."""
    ceilings = body.ceilings
    return {
        "authorisation": body.instrument.identifier,
        "version": body.instrument.version,
        "cooperative_approach": body.cooperative_approach.identifier,
        "activity": body.activity.title,
        "uses": list(body.uses.uses),
        "purpose": body.uses.purpose_code,
        "first_transfer": body.first_transfer,
        "ceilings_tco2e": {str(row.vintage): row.tonnes for row in ceilings.by_vintage},
        "total_tco2e": ceilings.total.tonnes if ceilings.total else None,
        "entities": [
            {"name": entity.name, "country": entity.country.code, "roles": list(entity.roles)}
            for entity in body.authorised_entities
        ],
        "outcomes_occur": {
            "from": body.periods.outcomes_occur.first.isoformat(),
            "to": body.periods.outcomes_occur.last.isoformat(),
        },
        "last_use_on": body.periods.last_use_on.isoformat(),
    }
