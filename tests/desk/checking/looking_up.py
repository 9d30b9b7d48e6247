"""What the page of a number or a serial tells, without what differs each time."""

import re

from django.test import Client


def looked_up(client: Client, asked: str) -> str:
    """The whole page, without what was asked for and the tokens of its forms."""
    page = client.get("/check/number/", {"number": asked}).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(asked, ""))
