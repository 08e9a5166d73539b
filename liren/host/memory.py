"""How much of the machine's memory PostgreSQL may count on; its own defaults are those of a very small machine."""

import os
from pathlib import Path

MB = 1 << 20
# What a container may use (cgroup v2, then v1); bare machines have no such file, or one that says "max".
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
#: A quarter of the memory is PostgreSQL's own, as its manual advises, but no more than a city needs.
LEAST, MOST = 128, 1024


def settings(limits: tuple[Path, ...] = LIMITS) -> dict[str, str]:
    """Settings of the embedded server that follow from the machine; sizes in MB."""
    whole = available(limits) // MB
    return {
        "shared_buffers": f"{min(max(whole // 4, LEAST), MOST)}MB",
        "effective_cache_size": f"{max(whole // 2, 2 * LEAST)}MB",
        # Imports write much at once: at the default of 1 GB checkpoints would chase each other, and each makes the next
        # change of every page write it whole. More would make the start after a crash long.
        "max_wal_size": "2GB",
        # No disks that turn. Compiling plans costs pages more than it saves them.
        "random_page_cost": "1.1",
        "jit": "off",
    }


def available(limits: tuple[Path, ...] = LIMITS) -> int:
    """Bytes of memory on this machine, or what its container may use of it."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in limits:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            found.append(int(text))
    return min(found)
