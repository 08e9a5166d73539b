"""The small city of the portal's tests, and officials who are signed in to the desk."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from liren.foundation.people.models import Account
from tests import make
from tests.make.portal import City, small_city

Sign = Callable[..., Any]


@pytest.fixture(scope="module")
def built_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """The city and the roles, built once for a file. What a test changes is undone by its savepoint."""
    with make.standing(django_db_blocker, city_with_roles) as made:
        yield made


def city_with_roles() -> City:
    make.roles()
    return small_city()


@pytest.fixture
def city(built_city: City, db: None) -> City:
    """The city, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_city)


@pytest.fixture
def as_official(client: Client) -> Sign:
    """Sign in as the holder of a role in a unit; further pairs of role and unit add mandates."""

    def sign(role: str, unit: Any, *more: Any, **changes: Any) -> Account:
        holder = make.official(role, unit, **changes)
        for other, place in more:
            make.mandate(holder, other, place)
        return make.sign_in(client, Account.objects.get(pk=holder.pk))

    return sign


@pytest.fixture
def send(client: Client) -> Callable[..., Any]:
    """Post a form with its key, as the account that is signed in."""

    def post(url: str, **fields: Any) -> Any:
        actor = Account.objects.filter(pk=client.session.get("_auth_user_id")).first()
        return client.post(url, make.form(actor, **fields))

    return post
