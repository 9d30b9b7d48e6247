"""Every permission check taken out, one at a time, and none without a test that fails."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.processes import CHECKOUT


@pytest.mark.proof
def test_no_permission_check_can_be_taken_out_unnoticed(
    record_property: Callable[[str, object], None],
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.mutations"], cwd=CHECKOUT, capture_output=True, text=True
    )

    *_details, summary = ran.stdout.strip().splitlines() or [""]
    record_property("proof", summary)
    assert ran.returncode == 0, ran.stdout
