"""The table of characters that the engine and migration 0004 share."""

from hashlib import sha256

from liren.foundation.admission.engine.variants import GROUPS


def test_the_characters_are_those_that_the_migration_wrote_into_databases() -> None:
    """Whoever changes a group freezes today's in migration 0004, and adds one that brings databases to the new ones."""
    assert sha256(GROUPS.encode()).hexdigest()[:16] == "646d86cd2de76282"
