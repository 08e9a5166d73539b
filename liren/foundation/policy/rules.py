"""Who may do what with the city's documents: everybody reads them, and only the system loads them from their files."""

from typing import Any

from liren.foundation.kernel.rights import Actor, rule


@rule("policy.load")
def system_loads(actor: Actor, obj: Any) -> bool:
    """No account: a command or the start of Liren, which need no rule. Packs change by files that are looked over."""
    return False


@rule("policy.view")
def everybody_reads(actor: Actor, obj: Any) -> bool:
    """Documents, provisions, parameters and declarations are public."""
    return True
