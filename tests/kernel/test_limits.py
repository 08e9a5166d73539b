"""How often in a minute, counted in the table of the cache."""

import pytest
from django.core.management import call_command

from liren.foundation.kernel.errors import TooMany
from liren.front.kit.limits import within_limit

pytestmark = pytest.mark.django_db


def test_a_limit_is_counted_in_one_statement_and_each_on_its_own(settings, django_assert_num_queries):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"}
    }
    call_command("createcachetable")
    with django_assert_num_queries(1):
        within_limit("a program", 2)
    within_limit("a program", 2)
    with pytest.raises(TooMany):
        within_limit("a program", 2)
    within_limit("another program", 2)
