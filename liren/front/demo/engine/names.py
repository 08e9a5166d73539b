"""Invented names: units after the chapter 里仁 of the Analects or after land and water, people after nothing at all.

Every name is put together from syllables. Whoever bears one of them by chance is not meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from pypinyin import Style, lazy_pinyin

from liren.front.demo.engine.chance import Dice

CITY_ZH, CITY_EN = "里仁市（模拟）", "Liren City (simulated)"
RIVER_ZH, RIVER_EN = "仁水", "Ren River"
# Phrases of the fourth chapter of the Analects, whose first words gave the city its name.
DISTRICTS = (
    "怀德", "喻义", "思齐", "敏行", "德邻", "闻道", "见贤", "讷言", "好仁", "利仁", "有方", "贯一", "忠恕", "择处",
    "观过", "礼让", "安约", "知惧", "无适", "立位", "不违", "求知", "朝闻", "必邻",
)  # fmt: skip
_FIRST = (
    "清云锦芳翠玉银碧紫兰竹松柏梅荷桂枫梧春秋晨月星朝晴霞虹雪露望听临怀归永和康福瑞祥嘉仁义礼智信德善明文澄静悠浣沐知"
)
_SECOND = "溪湖泉河湾渡桥塘井洲浦岭峰坡岗台园苑林亭楼阁塔坊涧坪畈垣台汀屿堰"
_AHEAD = ("", "新", "上", "下", "东", "西", "南", "北", "大", "小")
_LONG = ("国际文化科技产业园", "生态宜居示范新区", "水库移民安置第二", "高新技术创业孵化基地", "轨道交通枢纽站前综合")
_LONG_EN = (
    "International Culture and Technology Park",
    "Ecological Livability Demonstration Area",
    "Second Reservoir Resettlement",
    "High-Technology Start-up Base",
    "Rail Transit Hub Station Front",
)
_ESTATES = (
    ("苑", "Court"),
    ("花园", "Garden"),
    ("雅居", "Residence"),
    ("家园", "Homes"),
    ("府", "Mansion"),
    ("华庭", "Grand Court"),
    ("里", "Terrace"),
    ("新城", "New Town"),
    ("公馆", "House"),
    ("名邸", "Manor"),
    ("小区", "Estate"),
    ("国际花园", "International Garden"),
)
_PHASES = (("", ""), ("", ""), ("", ""), ("一期", " Phase 1"), ("二期", " Phase 2"), ("（三期）", " (Phase 3)"))
# Combinations that everybody knows as a real place.
_KNOWN_RUN = (
    "兰亭桂林玉林玉溪清河清溪兰溪永康望江望湖临河春台秋浦桂园知春梅林梅园兰园松林竹溪兰坪金塘银湖云台云林云溪云亭和林和平明湖明塘嘉峪嘉塘柏林康桥枫桥枫亭枫泾霞浦漳浦"
    "青浦月湖月坛归园桂湖桂溪梧桥永福永泉紫阳紫湖仁里义桥信阳信都德清德安善湖文昌文峰文园文林静安永宁福园福泉瑞园瑞林祥云嘉园嘉林康园玉泉翠湖翠屏碧溪碧桂碧峰锦江锦园"
    "锦里芳村芳园澄江澄湖晴川雪峰星湖朝阳霞山露台荷塘听涛临泉怀仁怀远怀安"
)
_KNOWN = frozenset(_KNOWN_RUN[i : i + 2] for i in range(0, len(_KNOWN_RUN), 2))
SURNAMES = "李王张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
_GIVEN_A = "晓清嘉思文雨子若一书景亦安知以承予心远云星初"
_GIVEN_B = "和宁言然舒安诺禾岚帆溪遥彤楠航朗阳悦林川晴青"
SUFFIX_EN = {
    "district": "District",
    "county": "County",
    "county_city": "City",
    "suburban_office": "Suburban Office",
    "street": "Subdistrict",
    "town": "Town",
    "township": "Township",
    "community": "Community",
    "village": "Village",
}
SUFFIX_ZH = {
    "district": "区",
    "county": "县",
    "county_city": "市",
    "suburban_office": "郊区工作办公室",
    "street": "街道",
    "town": "镇",
    "township": "乡",
    "community": "社区",
    "village": "村",
}


@lru_cache(maxsize=100_000)
def pinyin(text: str) -> str:
    """Pinyin in one capitalised word, with an apostrophe where a syllable starts with a vowel: Xi'an."""
    syllables = lazy_pinyin(text, style=Style.NORMAL)
    joined = syllables[0] + "".join(f"'{s}" if s[0] in "aoe" else s for s in syllables[1:])
    return joined.capitalize()


def stems(seed: int, purpose: str) -> list[str]:
    """All two-syllable stems, each once, in an order of their own for each purpose."""
    found = dict.fromkeys(a + b for a, b in product(_FIRST, _SECOND) if a != b and a + b not in _KNOWN)
    return Dice(seed, "names", purpose).shuffled(list(found))


class Stems:
    """Stems one after another; when they are used up they come again with a direction in front."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._all, self._next = stems(seed, purpose), 0

    def take(self) -> str:
        """The next stem."""
        turn, place = divmod(self._next, len(self._all))
        self._next += 1
        more, first = divmod(turn, len(_AHEAD))
        return (_AHEAD[more] if more else "") + _AHEAD[first] + self._all[place]


def unit_name(stem: str, kind: str) -> tuple[str, str]:
    """Chinese and English name of a unit from its stem."""
    return stem + SUFFIX_ZH[kind], f"{pinyin(stem)} {SUFFIX_EN[kind]}"


def long_name(stem: str, dice: Dice) -> tuple[str, str]:
    """A community's name of the length that planners love and layouts fear."""
    place = dice.whole(0, len(_LONG) - 1)
    return f"{stem}{_LONG[place]}社区", f"{pinyin(stem)} {_LONG_EN[place]} Community"


def compound_name(stem: str, kind: str, dice: Dice) -> tuple[str, str]:
    """Chinese and English name of a compound."""
    number = dice.whole(1, 98)
    if kind == "old_courtyard":
        return f"{stem}街{number}号院", f"No. {number} {pinyin(stem)} Street Courtyard"
    if kind == "estate":
        ending, english = dice.pick(_ESTATES)
        phase, number_en = dice.pick(_PHASES)
        return f"{stem}{ending}{phase}", f"{pinyin(stem)} {english}{number_en}"
    ending, english = {
        "rural_cluster": ("新居", "New Homes"),
        "rural_scattered": ("院子", "Farmsteads"),
        "shanty": ("棚户片区", "Shanty Area"),
        "urban_village": ("旧村", "Old Village"),
    }[kind]
    return stem + ending, f"{pinyin(stem)} {english}"


def street_name(stem: str, kind: str, is_level: bool) -> tuple[str, str]:
    """Chinese and English name of a street of a class; ``is_level`` for west-east ones."""
    ending, english = {
        "arterial": ("大道", "Avenue"),
        "primary": ("路", "Road"),
        "secondary": ("路", "Road") if is_level else ("街", "Street"),
        "local": ("街", "Street") if is_level else ("路", "Road"),
        "lane": ("巷", "Lane"),
        "rural": ("公路", "Country Road"),
        "path": ("步道", "Path"),
    }[kind]
    return stem + ending, f"{pinyin(stem)} {english}"


def person(dice: Dice) -> str:
    """An invented, neutral Chinese name."""
    return dice.pick(SURNAMES) + dice.pick(_GIVEN_A) + (dice.pick(_GIVEN_B) if dice.chance(0.86) else "")


def people(chosen: Sequence[float]) -> list[str]:
    """One name for each number in [0, 1): the same mixture as :func:`person`, for many at once."""
    total = len(SURNAMES) * len(_GIVEN_A) * len(_GIVEN_B)
    out = []
    for share in chosen:
        rest, last = divmod(int(share * total), len(_GIVEN_B))
        first, middle = divmod(rest, len(_GIVEN_A))
        out.append(SURNAMES[first] + _GIVEN_A[middle] + _GIVEN_B[last])
    return out


def numeral(number: int) -> str:
    """A Chinese numeral up to 99."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")
