"""Where there is no Chromium its tests are left out aloud; where everything has to run they fail."""

import pytest

from tests.browser.chromium import REQUIRED_BY, executable


def test_a_browser_that_is_there_is_taken() -> None:
    assert executable({"CI": "true"}, "/usr/bin/chromium") == "/usr/bin/chromium"


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}])
def test_without_one_its_tests_are_left_out_and_it_is_said_which(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.skip.Exception, match="the pages in a browser: no Chromium"):
        executable(environment, None)


@pytest.mark.parametrize("name", REQUIRED_BY)
def test_where_every_test_has_to_run_none_is_left_out_for_want_of_one(name: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        executable({name: "1"}, None)
