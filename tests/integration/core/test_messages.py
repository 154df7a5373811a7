"""What the server writes itself is translated and discreet."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from holdfast.core.notify.messages import PLAIN, email, title

HEALTH_WORDS = ("health", "therap", "gesund", "salud", "practice", "flag", "صح", "علاج")
LANGUAGES = [code for code, _ in settings.LANGUAGES]


def _mails(language: str) -> list[str]:
    with translation.override(language):
        context = {"activate_url": "https://example.org/verify-email#key", "user": "zebra"}
        confirmation = [
            render_to_string(f"account/email/email_confirmation{kind}_{part}.txt", context)
            for kind in ("", "_signup")
            for part in ("subject", "message")
        ]
    told = [text for kind in ("new", *PLAIN) for text in email(kind, language, discreet=True)]
    return [*told, *confirmation]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_says_what_it_is_about(language: str) -> None:
    for text in _mails(language):
        assert "zebra" not in text
        assert not [word for word in HEALTH_WORDS if word in text.lower()]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_is_translated(language: str) -> None:
    for ours, english in zip(_mails(language), _mails("en"), strict=True):
        sentences = {line for line in english.splitlines() if line and "://" not in line}
        assert not sentences & set(ours.splitlines())


@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_what_is_said_without_discretion_is_translated_too(kind: str) -> None:
    said = {title(kind, language, discreet=False) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert said.isdisjoint({title(kind, language, discreet=True) for language in LANGUAGES})
