"""The ten standing rules on rights as words: what no table, column, choice or declared field may be called.

Nobody is scored, listed, watched or profiled. The words are read one by one and in pairs of neighbours, so that
``risk_level_of_home`` is found by ``risk_level``. One list, read by the tests of the tables and by the checker of
declarations alike.
"""

import re
from collections.abc import Iterator

FORBIDDEN = {
    1: "video footage camera face facial fingerprint iris voiceprint biometric biometrics gait plate",
    2: "score scores scoring points rating rank ranking merit demerit credit creditworthiness reputation",
    3: "special_person key_person watchlist blacklist released_prisoner drug mental ex_convict petitioner",
    4: "opinion sentiment mood stance informant rumour",
    5: "household_file home_visit_finding loyalty political_attitude",
    6: "suspect suspicious denounced denunciation reported_neighbour",
    7: "sanction punishment penalty shame misconduct violation_by_person",
    8: "party_member party_membership league_member political political_status",
    9: "ethnicity ethnic nation minority religion religious belief faith sect pregnancy fertility birth_plan",
    10: "profile dossier risk_level prediction track trajectory location_trail gps_trail tags labels persona",
}
CHINESE = re.compile(
    "民族|宗教|信仰|党员身份|政治面貌|信用分|积分|人脸|指纹|虹膜|声纹|车牌|轨迹|重点人员|特殊人群|刑满|吸毒|精神病|计生|画像|舆情|情绪"
)
# Facts about a person's own life have no place in a register, and no form asks for them.
PERSONAL = re.compile(
    "id_card|identity_number|passport|birth_?date|birth_?day|gender|marital|home_address|household_register|disability_cert"
)
PERSONAL_ZH = re.compile(
    "身份证|护照号|出生日期|出生年月|性别|婚姻|家庭住址|户籍地址|病史|病情|残疾证|低保户|困难户|贫困户|信访人|上访|前科|犯罪记录|失信"
)


def words_of(name: str) -> Iterator[str]:
    """risk_level_of -> risk, level, of, risk_level, level_of: single words and neighbours."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
    yield from parts
    yield from ("_".join(pair) for pair in zip(parts, parts[1:], strict=False))


def rule_against(name: str) -> tuple[int, str] | None:
    """The number of the rule that refuses this name, and the word in it; None for a name that may be."""
    words = set(words_of(name))
    for number, refused in FORBIDDEN.items():
        found = words & set(refused.split())
        if found:
            return number, min(found)
    return None
