"""Rendering and signing a letter, against the bare library calls that do the same work."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from weasyprint import CSS, HTML

from bench.timing import alternating
from letters.certificates import load_signer
from letters.content import Letter as Content
from letters.content import parse
from letters.kinds import kind_of
from letters.models import Letter
from letters.own_authority import demonstration_authority
from letters.rendering import render
from letters.signing import sign
from letters.typesetting import fonts


def measure(*, rounds: int = 10) -> list[str]:
    """The report, as lines. Needs an issued letter in the database."""
    content = parse(Letter.objects.exclude(signed_sha256="").latest("pk").content.encode())
    rendered = alternating(lambda: render(content), _bare_rendering(content), rounds=rounds)
    signed = alternating(*_signing(content), rounds=rounds)
    return [
        _line("Rendering, against template and WeasyPrint alone", rendered),
        _line("Signing with stamp and verification, against pyHanko alone", signed),
    ]


def _line(what: str, medians: tuple[float, float]) -> str:
    ours, theirs = medians
    return f"{what}: {ours * 1000:.0f} ms against {theirs * 1000:.0f} ms, ratio {theirs / ours:.2f}"


def _bare_rendering(content: Content) -> Any:
    """Template, layout and tagged PDF, with no attachment, fields, checks of characters or fetcher."""
    kind, used = kind_of(content.kind), fonts()
    css = CSS(string=get_template("letters/letter.css").render({}), font_config=used.configuration)

    def run() -> bytes:
        html = get_template(kind.template).render(
            {
                "content": content,
                "kind": kind,
                "direction": "ltr",
                "language": content.language,
                "created": f"{content.date}T00:00:00Z",
            }
        )
        # The QR code is an image that only the product hands in.
        html = html.replace(
            "letter:check.svg", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"
        )
        document = HTML(string=html).render(stylesheets=[css], font_config=used.configuration)
        pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a")
        return pdf

    return run


def _signing(content: Content) -> tuple[Any, Any]:
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the world's time
    demonstration_authority(settings.SIGNING_KEYS_DIR, at=now).issue(
        authority="bench", office="bench", holder="Bench", passphrase=settings.SIGNING_PASSPHRASE, at=now
    )
    signer = load_signer(
        settings.SIGNING_KEYS_DIR, authority="bench", office="bench", passphrase=settings.SIGNING_PASSPHRASE
    )
    pdf, field = render(content), content.signatories[0].field_name

    def ours() -> bytes:
        return sign(pdf, field_name=field, signer=signer, at=now, real_time=now)

    def theirs() -> bytes:
        output = BytesIO()
        PdfSigner(
            PdfSignatureMetadata(
                field_name=field,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                docmdp_permissions=MDPPerm.NO_CHANGES,
            ),
            signer=signer.pyhanko,
        ).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True, output=output)
        return output.getvalue()

    return ours, theirs
