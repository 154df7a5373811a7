"""From words to flows that may be meant: first by their own keywords, then by what it is about.

A route only proposes. The interpreter offers what comes back as buttons, or its menu when nothing
does.
"""

from __future__ import annotations

from holdfast.support.companion.engine import topics
from holdfast.support.companion.engine.library import Library
from holdfast.support.companion.engine.offers import shipped_options
from holdfast.support.companion.engine.topics import Topics
from holdfast.support.companion.engine.understanding import Route, by_keywords

LEAST_WORDS = 4  # fewer say too little of a topic
ENOUGH = 0.5  # of the probability, in the two likeliest topics together
MOST = 3


def by_words_and_topics(models: Topics) -> Route:
    """The route that uses these models where no keyword stands in the text."""

    def route(library: Library, language: str, text: str) -> tuple[str, ...]:
        named = by_keywords(library, language, text)
        if named or language not in topics.LANGUAGES or len(text.split()) < LEAST_WORDS:
            return named
        likely = models.ranked(text)[:2]
        if sum(chance for _, chance in likely) < ENOUGH:
            return ()
        return tuple(
            dict.fromkeys(
                option.flow
                for topic, _ in likely
                for option in shipped_options().options
                if topic in option.topics and option.flow in library.offered(language)
            )
        )[:MOST]

    return route
