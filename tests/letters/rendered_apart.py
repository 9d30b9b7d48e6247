"""Prints the SHA-256 of letters, rendered by whatever system runs it, as JSON: {name: digest}.

Run on its own, with nothing but what the product needs, from any folder:

    DATA_DIR=/tmp/apart DEMONSTRATION=1 PYTHONPATH=CHECKOUT python -m tests.letters.rendered_apart
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Final

import django

# Names in scripts that are shaped and broken in different ways.
NAMES: Final = {
    "arabic": "شركة وادي الأردن للطاقة",
    "devanagari": "हिमालय ऊर्जा प्राइवेट लिमिटेड",
    "khmer": "ក្រុមហ៊ុនថាមពលកម្ពុជា",
    "chinese": "昆明可再生能源有限公司",
}


def rendered() -> Iterator[tuple[str, bytes]]:
    """Each letter: every kind, the main one in every language and in two at once, by hand, and names."""
    from letters.content import Letter, in_second_language  # noqa: PLC0415 - set up only now
    from letters.rendering import render  # noqa: PLC0415
    from tests.letters import sample_content as sample  # noqa: PLC0415

    def in_language(make: Callable[[], Letter], language: str) -> Letter:
        return make().model_copy(update={"language": language})

    for make in sample.EVERY_KIND:
        yield make.__name__, render(make(), crest_svg=sample.CREST)
    for language in ("fr", "es", "pt", "ar"):
        letter = in_language(sample.partial_authorisation, language)
        yield f"partial_authorisation.{language}", render(letter)
    both = in_second_language(sample.refusal(), in_language(sample.refusal, "ar"))
    yield "refusal.en-ar", render(both)
    yield "authorisation, by hand", render(sample.authorisation(), by_hand=True)
    for script, name in NAMES.items():
        letter = sample.refusal()
        addressee = letter.addressee.model_copy(update={"name": name})
        yield f"refusal to {script}", render(letter.model_copy(update={"addressee": addressee}))


def main() -> None:
    """Renders and prints."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    digests = {name: hashlib.sha256(pdf).hexdigest() for name, pdf in rendered()}
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    digests["all"] = hashlib.sha256(lines.encode()).hexdigest()
    json.dump(digests, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
