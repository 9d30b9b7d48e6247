"""What is handed out to whoever wants to check letters without asking here."""

from dataclasses import dataclass
from pathlib import Path

from letters import offline
from letters.ceremony import in_groups
from letters.certificates import common_name, fingerprint, trust_roots
from letters.sandbox import root_files


@dataclass(frozen=True, kw_only=True)
class Root:
    """A root certificate that is trusted here: whose it is, and the fingerprint to compare, in groups."""

    name: str
    fingerprint: str


def stand_alone_verifier() -> bytes:
    """The program (letters/offline.py), which needs nothing of this installation."""
    return Path(offline.__file__).read_bytes()


def roots_as_pem(keys_dir: Path) -> bytes:
    """Every root certificate that some authority of the installation trusts, in one file."""
    return b"".join(path.read_bytes().strip() + b"\n" for path in root_files(keys_dir))


def roots(keys_dir: Path) -> list[Root]:
    """The same, to be compared with what the authorities published. Raises letters.certificates.NoKey."""
    return [
        Root(name=common_name(root.subject), fingerprint=in_groups(fingerprint(root)))
        for root in trust_roots(keys_dir)
    ]
