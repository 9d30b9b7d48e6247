"""No test reaches a server of the world: what is sent goes nowhere, or to a server of this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.webhooks import delivering
from desk.webhooks.sending import Way
from tests.desk.webhooks.servers import Server, serving


def _nowhere(host: str, port: int) -> list[str]:
    return []


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "WAY", Way(resolve=_nowhere))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _nobody_answers: Any) -> Iterator[Server]:
    """A server that takes what is sent, and to which every name leads."""
    with serving(tmp_path) as running:
        monkeypatch.setattr(delivering, "WAY", running.way())
        yield running
