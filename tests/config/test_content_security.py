"""Every page says what it may load."""

from django.http import HttpResponse
from django.test import RequestFactory

from config.content_security import POLICY, ContentSecurityPolicyMiddleware


def test_a_page_may_load_only_what_this_site_serves() -> None:
    answer = ContentSecurityPolicyMiddleware(lambda _request: HttpResponse("page"))(RequestFactory().get("/"))

    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "default-src 'self'" in POLICY
    assert "unsafe" not in POLICY


def test_a_page_that_brings_a_policy_of_its_own_keeps_it() -> None:
    own = HttpResponse("page", headers={"Content-Security-Policy": "default-src 'none'"})

    answer = ContentSecurityPolicyMiddleware(lambda _request: own)(RequestFactory().get("/"))

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
