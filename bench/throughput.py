"""Letters per minute on two processes, against the sum of the library calls that make one; and their memory.

    python -m bench.throughput [LETTERS]   250 for the memory, unless BENCH_LETTERS says otherwise; the long
                                           form, which shows that memory is flat, is 1000

A letter is rendered from its content, given its fields, stamped, signed, and verified as it is handed out;
each one differs in number and code. Compared are:

    ours   `letters.rendering.render` and `letters.signing.sign`
    raw    what any program would call for the same file: the template and WeasyPrint (page and stamp, tagged,
           with the attachment), the signature fields, pyHanko's signature with that stamp, and pyHanko's own
           validation; none of our checks of characters, certificates, envelopes, locks and attachments

Both take turns in short slices, so that a machine which is busy with something else is busy for both.
"""

import asyncio
import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from typing import Any

WORKERS = 2
EACH = 4
SLICES = 10
LETTERS = int(os.environ.get("BENCH_LETTERS", "250"))
# How many letters a process has made when its memory is read.
_MARKS = (50, 100, 250, 500, 750, 1000)
_KIB = 1024

Make = Callable[[int], bytes]


def measure(*, slices: int = SLICES, letters: int = LETTERS) -> list[str]:
    """The report, as lines."""
    with _workers() as workers:
        for kind in ("ours", "raw"):
            _rate(workers, kind)  # fonts and stylesheets are read once
        rates = [(_rate(workers, "ours"), _rate(workers, "raw")) for _slice in range(slices)]
        ours, raw = (median(column) for column in zip(*rates, strict=True))
        lines = [
            f"Letters a minute, rendered, signed and verified, on {WORKERS} processes: {ours:.0f}",
            f"  against the bare library calls: {raw:.0f}, ratio {ours / raw:.2f}",
        ]
        return lines + _memory(workers[0], letters)


def _memory(worker: Connection, letters: int) -> list[str]:
    """How much one process holds along the way, and how much more in the second half than in the first.

    The first letters fill caches: where there are more than a hundred, the halves are counted from there.
    """
    marks = sorted({*(mark for mark in _MARKS if mark < letters), letters})
    held: dict[int, int] = {}
    made = 0
    for upto in sorted({*marks, *range(letters // 20, letters + 1, max(1, letters // 20))}):
        _tell([worker], ("ours", upto - made))
        made = upto
        (held[upto],) = _tell([worker], ("memory", 0))
    counted = [(number, size) for number, size in held.items() if number >= min(100, letters // 2)]
    halfway = (counted[0][0] + letters) / 2
    first = fmean(size for number, size in counted if number <= halfway)
    second = fmean(size for number, size in counted if number > halfway)
    along = ", ".join(f"{held[mark]} after {mark}" for mark in marks)
    return [
        f"Memory of one process in MiB, by letters that it made: {along}",
        f"  second half against the first, from letter {counted[0][0]} on: ratio {second / first:.3f}",
    ]


def _rate(workers: list[Connection], kind: str) -> float:
    """Letters a minute of all workers together."""
    began = perf_counter()
    _tell(workers, (kind, EACH))
    return 60 * WORKERS * EACH / (perf_counter() - began)


def _tell(workers: list[Connection], what: tuple[str, int]) -> list[int]:
    for worker in workers:
        worker.send(what)
    return [int(worker.recv()) for worker in workers]


@contextmanager
def _workers() -> Iterator[list[Connection]]:
    context = multiprocessing.get_context("spawn")
    pipes, started = [], []
    for number in range(WORKERS):
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, number), daemon=True)
        process.start()
        there.close()  # so that one that breaks is noticed here
        pipes.append(here)
        started.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.send(("", 0))
        for process in started:
            process.join(30)


def _work(told: Connection, number: int) -> None:
    """Makes as many letters as it is told, in the way it is told, and says what it holds when asked."""
    import django  # noqa: PLC0415 - a process of its own

    django.setup()
    ways = _ways(number)
    made = 0
    while True:
        kind, count = told.recv()
        if not kind:
            return
        if kind == "memory":
            gc.collect()
            told.send(_resident())
            continue
        for _one in range(count):
            made += 1
            ways[kind](made)
        told.send(count)


def _resident() -> int:
    """MiB of this process that stand in memory (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // _KIB // _KIB


def _ways(worker: int) -> dict[str, Make]:
    from django.conf import settings  # noqa: PLC0415 - set up only now

    from letters.certificates import load_signer  # noqa: PLC0415
    from letters.own_authority import demonstration_authority  # noqa: PLC0415
    from letters.rendering import render  # noqa: PLC0415
    from letters.signing import sign  # noqa: PLC0415
    from tests.letters.sample_content import authorisation  # noqa: PLC0415

    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the world's time
    office, passphrase = f"bench{worker}", settings.SIGNING_PASSPHRASE
    demonstration_authority(settings.SIGNING_KEYS_DIR, at=now).issue(
        authority="bench", office=office, holder="Wanjiru Odhiambo", passphrase=passphrase, at=now
    )
    signer = load_signer(settings.SIGNING_KEYS_DIR, authority="bench", office=office, passphrase=passphrase)

    def content(number: int) -> Any:
        return authorisation(
            number=f"KEN-LOA-2026-{number:04d}",
            check_url=f"https://dna.example.org/check/7K2M-Q9XW-{number:04d}/",
        )

    def ours(number: int) -> bytes:
        pdf = render(content(number))
        return sign(pdf, field_name="signer", signer=signer, at=now, real_time=now)

    raw = _raw(signer, now)
    return {"ours": ours, "raw": lambda number: raw(content(number))}


def _raw(signer: Any, now: datetime) -> Callable[[Any], bytes]:
    import segno  # noqa: PLC0415
    from django.template.loader import get_template  # noqa: PLC0415
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner  # noqa: PLC0415
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter  # noqa: PLC0415
    from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415
    from weasyprint import CSS, HTML, Attachment  # noqa: PLC0415

    from letters.content import canonical  # noqa: PLC0415
    from letters.rendering import _field_places, context_of  # noqa: PLC0415
    from letters.signature_fields import add_signature_fields  # noqa: PLC0415
    from letters.signing import _style  # noqa: PLC0415
    from letters.typesetting import fonts  # noqa: PLC0415

    used = fonts()
    looks = {
        name: CSS(string=get_template(name).render({}), font_config=used.configuration)
        for name in ("letters/letter.css", "letters/stamp.css")
    }

    def page(html: str, look: str, *, more: str = "") -> Any:
        styles = [looks[look], *([CSS(string=more, font_config=used.configuration)] if more else [])]
        return HTML(string=html).render(stylesheets=styles, font_config=used.configuration)

    def stamp(width: float, height: float) -> bytes:
        said = {"person": "Wanjiru Odhiambo", "office": "Director", "holder": signer.holder, "at": now}
        html = get_template("letters/stamp.html").render(
            {**said, "issuer": signer.issuer, "time_of_day": "12:00", "direction": "ltr", "language": "en"}
        )
        size = f"@page {{ size: {width:.2f}pt {height:.2f}pt; margin: 0.6pt }}"
        pdf: bytes = page(html, "letters/stamp.css", more=size).write_pdf(pdf_variant="pdf/a-3a")
        return pdf

    def run(content: Any) -> bytes:
        image = BytesIO()
        segno.make(content.check_url, error="m", micro=False).save(image, kind="svg", xmldecl=False)
        html = get_template("letters/authorisation.html").render(
            {**context_of(content), "direction": "ltr", "language": "en"}
        )
        html = html.replace("letter:check.svg", image_address(image.getvalue()))
        document = page(html, "letters/letter.css")
        document.metadata.attachments = [
            Attachment(string=canonical(content), name="loa.json", relationship="Data")
        ]
        places = _field_places(document, content)
        pdf = add_signature_fields(document.write_pdf(pdf_variant="pdf/a-3a"), places)
        left, bottom, right, top = places[0].box
        signed = BytesIO()
        metadata = PdfSignatureMetadata(
            field_name="signer",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        with _style(stamp(right - left, top - bottom)) as style:
            PdfSigner(metadata, signer=signer.pyhanko, stamp_style=style).sign_pdf(
                IncrementalPdfFileWriter(BytesIO(pdf)),
                existing_fields_only=True,
                bytes_reserved=16_384,
                output=signed,
            )
        reader = PdfFileReader(BytesIO(signed.getvalue()))
        trusted = ValidationContext(trust_roots=list(signer.roots), moment=now)
        status = asyncio.run(
            async_validate_pdf_signature(reader.embedded_signatures[0], signer_validation_context=trusted)
        )
        if not status.bottom_line:
            raise RuntimeError("The bare signature does not hold: the figures would mean nothing.")
        return signed.getvalue()

    return run


def image_address(svg: bytes) -> str:
    """A picture within the page itself."""
    from base64 import b64encode  # noqa: PLC0415

    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def main() -> None:
    """Runs it with the settings of the tests, and so with throw-away keys."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    for line in measure(letters=letters):
        print(line)


if __name__ == "__main__":
    main()
