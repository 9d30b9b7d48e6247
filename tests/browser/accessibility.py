"""What axe-core finds wrong with a page: for the eye, for the keyboard, for a reader."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.driving import DESK, TELEPHONE, arrived, fits

# Everything that WCAG 2.2 asks at levels A and AA, and what is good practice besides.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those whose answer depends on where things stand: enough for a second look at another width.
_OF_LAYOUT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]


def faults(page: Page) -> list[str]:
    """What is wrong with this page as it stands, at a desk and on a telephone: a sentence for each fault.

    That it can be moved sideways is one too: something sticks out of its side.
    """
    size = page.viewport_size or {"width": DESK, "height": 800}
    found: list[str] = []
    for width, rules in ((TELEPHONE, _RULES), (DESK, _OF_LAYOUT)):
        page.set_viewport_size({"width": width, "height": size["height"]})
        wrong = violations(page, rules) + ([] if fits(page) else ["it can be moved sideways"])
        found += [f"{page.url} at {width} px: {fault}" for fault in wrong]
    page.set_viewport_size(size)
    return found


def violations(page: Page, rules: Sequence[str] = _RULES) -> list[str]:
    """A line for each element that breaks a rule: the rule, what it asks, and the element.

    Run through the browser's own door, past the policy of the page, which lets in no script but ours.
    """
    arrived(page)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": list(rules), "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [
        f"{rule['id']}: {rule['help']}: {element['html']} ({element.get('failureSummary', '')})"
        for rule in found
        for element in rule["nodes"]
    ]
