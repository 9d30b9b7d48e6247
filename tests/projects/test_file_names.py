"""The name of a file is shown without a path, and without signs that make it look like another."""

import pytest

from projects.file_names import shown_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Plan.pdf", "Plan.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("../../a.pdf", "a.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        # Right-to-left override: shown as "annexe.pdf", and a program.
        ("ann\u202efdp.exe", "annfdp.exe"),
        ("\u2066\u200f\ufeffa.pdf", "a.pdf"),
        ("  many   blanks .pdf", "many blanks.pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
        ('a"b<c>|?*:.pdf', "abc.pdf"),
        ("...", "document"),
        (".pdf", "pdf"),
        ("\u202e.pdf", "pdf"),
        ("", "document"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("تصريح.pdf", "تصريح.pdf"),
    ],
)
def test_the_name_as_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_a_long_name_keeps_its_ending() -> None:
    name = shown_name("é" * 500 + ".docx")
    assert len(name) == 150
    assert name.endswith("é.docx")
