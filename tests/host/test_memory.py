"""What the embedded server may count on follows from the machine, and from a container's limit where there is one."""

from pathlib import Path

import pytest

from liren.host import memory
from liren.host.cluster import Cluster


@pytest.mark.parametrize(
    ("limit", "own", "cached"),
    [("268435456", "128MB", "256MB"), ("2147483648", "512MB", "1024MB"), ("max", None, None), ("", None, None)],
)
def test_a_container_is_taken_at_its_limit(tmp_path: Path, limit: str, own: str | None, cached: str | None) -> None:
    path = tmp_path / "memory.max"
    path.write_text(limit + "\n")
    found, bare = memory.settings((path,)), memory.settings(())
    assert found["shared_buffers"] == (own or bare["shared_buffers"])
    assert found["effective_cache_size"] == (cached or bare["effective_cache_size"])


def test_no_machine_is_taken_for_larger_than_a_city_needs(tmp_path: Path) -> None:
    assert int(memory.settings(())["shared_buffers"].removesuffix("MB")) <= memory.MOST
    assert memory.available((tmp_path / "absent",)) == memory.available(())


def test_what_is_set_by_hand_wins(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, tmp_path)
    cluster.programs = tmp_path
    words = cluster.command({"shared_buffers": "200MB"})
    assert "--shared_buffers=200MB" in words
    assert "--jit=off" in words
