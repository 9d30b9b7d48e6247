"""What tests in a browser share: the browser itself, and pages that tell when something is amiss."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import chromium
from tests.browser.driving import Pages, apart
from tests.desk.browser import half_a_minute_passes


@pytest.fixture
def browser(transactional_db: None) -> Iterator[Browser]:
    """Debian's Chromium. What a test wants in the database is made by `apart` from here on."""
    with chromium() as running:
        yield running


@pytest.fixture
def pages(browser: Browser, live_server: LiveServer) -> Iterator[Pages]:
    """People's pages on the live server. No error in a console and no call to another host stays unseen."""
    apart(half_a_minute_passes)
    opened = Pages(browser=browser, address=live_server.url)
    yield opened
    opened.close()
    assert not opened.faults, "\n".join(opened.faults)
