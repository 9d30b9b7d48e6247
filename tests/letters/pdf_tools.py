"""What independent programs say about a PDF: poppler, qpdf, openssl."""

import re
import subprocess
from datetime import datetime
from pathlib import Path


def pages_of_text(pdf: bytes) -> list[str]:
    """The text of each page as pdftotext reads it, white space folded."""
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = found.stdout.decode().split("\f")[:-1]
    return [re.sub(r"[^\S\n]+", " ", page) for page in pages]


def text_of(pdf: bytes) -> str:
    """All text in one line."""
    return re.sub(r"\s+", " ", " ".join(pages_of_text(pdf)))


def said_by(program: list[str], pdf: bytes, folder: Path) -> tuple[int, str]:
    """Exit status and output of a program that takes the file's path as its last argument."""
    path = folder / "letter.pdf"
    path.write_bytes(pdf)
    found = subprocess.run([*program, str(path)], capture_output=True, text=True, check=False)
    return found.returncode, found.stdout + found.stderr


def signature_parts(pdf: bytes, index: int) -> tuple[bytes, bytes]:
    """What the signature of that index covers, and its CMS envelope."""
    ranges = re.findall(rb"/ByteRange ?\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    start, length, second, rest = (int(number) for number in ranges[index])
    covered = pdf[start : start + length] + pdf[second : second + rest]
    return covered, bytes.fromhex(pdf[length + 1 : second - 1].decode())


def verified_by_openssl(covered: bytes, envelope: bytes, root: Path, folder: Path, *, at: datetime) -> bool:
    """Whether openssl believes the envelope over these bytes, with the certificate authority in `root`."""
    (folder / "covered").write_bytes(covered)
    (folder / "envelope").write_bytes(envelope)
    found = subprocess.run(
        [
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "envelope")),
            *("-content", str(folder / "covered"), "-out", "/dev/null"),
            *("-CAfile", str(root), "-attime", str(int(at.timestamp()))),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CMS Verification successful" in found.stderr or found.returncode != 0
    return found.returncode == 0
