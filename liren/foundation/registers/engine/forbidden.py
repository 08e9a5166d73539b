"""What no register may be, hold or offer: the ten standing rules, and what would make a list of persons of it."""

from liren.foundation.kernel.engine.declared import Table
from liren.foundation.kernel.engine.standing_rules import CHINESE, PERSONAL, PERSONAL_ZH, rule_against
from liren.foundation.registers.engine.spec import Words

# A word that is innocent in its place, and why; by register and word, so that each has to be argued for here.
INNOCENT: dict[tuple[str, str], str] = {
    ("surveillance_point", "camera"): "the public register in which residents read where a camera stands, and whose",
    ("entry_gate", "biometric"): "whether a gate asks for a face, so that it can be refused and another way offered",
    ("entry_gate", "biometrics"): "the share of gates that ask for none",
    ("mediation_organisation", "video"): "a way to speak with each other, of which nothing is kept",
}


def check_name(table: Table, register: str, code: str, name: Words, *, lists: bool = True) -> None:
    """Refuse a code or a name that a standing rule forbids.

    ``lists``: the name of something that is said about each entry, not of a count or of a word to choose.
    """
    found = rule_against(code)
    if found is not None and (register, found[1]) not in INNOCENT:
        rule, word = found
        table.fault(
            f"“{code}” says “{word}”, which standing rule {rule} on rights forbids",
            "describe the place, the service or the post, and nobody's person",
            at="code",
        )
    chinese = CHINESE.search(name.zh)
    if chinese:
        table.fault(
            f"“{name.zh}” says “{chinese[0]}”, which the standing rules on rights forbid",
            "describe the place, the service or the post, and nobody's person",
            at="name",
        )
    personal = PERSONAL.search(code) or PERSONAL_ZH.search(name.zh)
    if personal and lists:
        table.fault(
            f"“{personal[0]}” is a fact about a person's own life",
            "register the programme, the place or a count instead",
            at="code",
        )
