"""Debian's Chromium, without a window: where it is, how it is started, and what happens without it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

# Nothing of the browser's own reaches out while a test runs.
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Set where everything was set up, so that nothing may be left out: by CI, and by the Makefile.
REQUIRED_BY = ("CI", "TESTS_NEED_BROWSER")


def executable(environment: Mapping[str, str], found: str | None) -> str:
    """Where Chromium is. Without one a test is left out; it fails where all of them have to run."""
    if found is not None:
        return found
    if any(environment.get(name, "") not in ("", "0", "false") for name in REQUIRED_BY):
        pytest.fail("No Chromium is installed here, and every test has to run: apt-get install chromium")
    pytest.skip("the pages in a browser: no Chromium is installed here (apt-get install chromium)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, running. Its driver runs an event loop in this thread: see `driving.apart`."""
    path = executable(os.environ, shutil.which("chromium"))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_QUIET)
        yield browser
        browser.close()
