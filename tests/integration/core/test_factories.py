"""The factories' sessions are what the guard takes them for."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from holdfast.core.api import session_has_second_factor
from holdfast.core.tenancy.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("second_factor", [True, False])
def test_a_session_carries_the_second_factor_only_when_asked(second_factor: bool) -> None:
    member = factories.make_member(factories.make_practice(), Role.CLINICIAN)
    browser = factories.browser(member.user, second_factor)
    request = RequestFactory().get("/")
    request.session = browser.session
    request.user = member.user
    assert session_has_second_factor(request) is second_factor


def test_a_client_comes_with_account_and_role() -> None:
    practice = factories.make_practice()
    person = factories.make_client(practice, display_name="Ada")
    assert person.user is not None
    assert person.user.membership_set.get().role == Role.CLIENT
    assert type(person).objects.get(pk=person.pk).display_name == "Ada"
