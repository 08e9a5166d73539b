"""What the simulated communities had to carry: names of organisations, venues, tasks, systems and stamps, all invented.

How many there are of each and how many are taken off are the figures that Changzhou published of 2014: 21 organisations
(57 %), 23 venues (85 %), 23 tasks (23 %), 12 systems (44 %), 60 stamps (75 %); what there was before is worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

#: How many there were, and how many were taken off.
FIGURES = {"organisation": (37, 21), "venue": (27, 23), "task": (100, 23), "system": (27, 12), "stamp": (80, 60)}
FIELDS = (
    ("计生", "family planning"),
    ("科普", "science"),
    ("禁毒", "drug prevention"),
    ("消防", "fire safety"),
    ("统计", "statistics"),
    ("食品安全", "food safety"),
    ("老龄", "ageing"),
    ("残疾人", "disability"),
    ("流动人口", "migrant residents"),
    ("文明创建", "civility"),
    ("爱国卫生", "public health"),
    ("养犬", "dogs"),
    ("物业", "property management"),
    ("防汛", "flood"),
    ("档案", "archives"),
    ("双拥", "army support"),
    ("侨务", "overseas Chinese"),
    ("关心下一代", "young people"),
    ("反诈", "fraud prevention"),
    ("节能", "energy"),
)
FORMS = {
    "organisation": (("工作领导小组", "leading group"), ("工作站", "station")),
    "venue": (("宣传栏", "notice board"), ("活动室", "activity room")),
    "task": (
        ("月报", "monthly report"),
        ("入户摸底", "door-to-door survey"),
        ("宣传达标", "publicity target"),
        ("台账检查", "ledger inspection"),
        ("信息报送", "items of news"),
    ),
    "system": (("信息管理系统", "information system"), ("数据直报平台", "reporting platform")),
    "stamp": (
        ("情况证明", "certificate"),
        ("申请表盖章", "stamp on an application"),
        ("入户核实意见", "opinion after a visit"),
        ("无异议证明", "certificate of no objection"),
    ),
}
ROUTE_ZH = "凭本人有效证件到便民服务中心或网上办事大厅办理，由部门自行核验，不再要居委会盖章。"
ROUTE_EN = (
    "With your own papers at the service centre or online; the department checks itself, no stamp of the committee."
)


@dataclass(frozen=True)
class Carried:
    """One row of an inventory; ``fate`` is what became of it."""

    stock: str
    name_zh: str
    name_en: str
    fate: str


def carried() -> list[Carried]:
    """All rows of the five inventories, the same at every call."""
    found: list[Carried] = []
    for stock, (there, gone) in FIGURES.items():
        words = [(f"{zh}{form}", f"{en}: {english}") for (form, english), (zh, en) in product(FORMS[stock], FIELDS)]
        fate = "merged" if stock == "system" else "cut"
        for number, (zh, en) in enumerate(words[:there]):
            found.append(Carried(stock, zh, en[:1].upper() + en[1:], fate if number < gone else "kept"))
    return found


@dataclass(frozen=True)
class Matter:
    """A matter of a list: its words betray it in the name of an application (negative list only)."""

    kind: str
    code: str
    name_zh: str
    name_en: str
    basis: str
    reason: str
    words: tuple[str, ...] = ()


LAW = "《中华人民共和国城市居民委员会组织法》"
MATTERS = (
    Matter(
        "self_government",
        "residents_meeting",
        "召集居民会议、居民议事",
        "Calling residents' meetings",
        f"{LAW}第十条",
        "居民自己商量的事",
    ),
    Matter(
        "self_government",
        "mutual_help",
        "组织邻里互助和志愿服务",
        "Mutual help and volunteering",
        f"{LAW}第三条",
        "居民自己办的事",
    ),
    Matter(
        "assistance",
        "waste_sorting",
        "协助生活垃圾分类宣传劝导",
        "Help with talks on sorting waste",
        f"{LAW}第三条第五项",
        "部门牵头、社区协助",
    ),
    Matter(
        "assistance",
        "mediation_help",
        "协助排查矛盾纠纷",
        "Help to find disputes early",
        f"{LAW}第三条第三项",
        "部门牵头、社区协助",
    ),
    Matter(
        "negative",
        "investment",
        "招商引资和协税护税",
        "Attracting investment",
        "条例第四十五条",
        "不是社区的职责",
        ("招商", "协税"),
    ),
    Matter(
        "negative",
        "law_enforcement",
        "行政执法检查",
        "Inspections under administrative law",
        "条例第四十五条",
        "社区没有执法权",
        ("执法检查", "行政处罚"),
    ),
    Matter(
        "negative",
        "paper_ledgers",
        "重复纸质台账",
        "Repeated ledgers on paper",
        "减负通知",
        "电子台账已经有了",
        ("纸质台账",),
    ),
    Matter(
        "negative",
        "subscriptions",
        "订阅报刊摊派",
        "Quotas of newspaper subscriptions",
        "减负通知",
        "属于摊派",
        ("订阅任务", "报刊征订"),
    ),
    Matter(
        "duties",
        "public_affairs",
        "公开居务、接受监督",
        "Open affairs, be supervised",
        f"{LAW}第十七条",
        "法律规定的职责",
    ),
    Matter(
        "duties", "mediate", "调解民间纠纷", "Mediate disputes among residents", f"{LAW}第三条第三项", "法律规定的职责"
    ),
    Matter(
        "assisting",
        "public_security",
        "协助维护社会治安",
        "Help keep public order",
        f"{LAW}第三条第四项",
        "法律规定的协助",
    ),
    Matter(
        "assisting",
        "public_health",
        "协助公共卫生、优抚救济、青少年教育",
        "Help with health, relief and youth",
        f"{LAW}第三条第五项",
        "法律规定的协助",
    ),
)


@dataclass(frozen=True)
class Admitted:
    """An admission and how often a month work is handed down under it."""

    work_type: str
    title_zh: str
    title_en: str
    basis: str
    minutes: int
    times: int
    money_fen: int | None = None
    fields: tuple[str, ...] = ()


ADMITTED = (
    Admitted(
        "task",
        "协助生活垃圾分类宣传劝导",
        "Talks on sorting waste",
        "《固体废物污染环境防治法》第六条",
        480,
        2,
        2_400_000,
    ),
    Admitted(
        "form",
        "沿街商铺基本情况季报",
        "Quarterly figures of shops along the street",
        "《统计法》第七条",
        120,
        1,
        None,
        ("社区名称", "商铺数", "联系人", "填报日期"),
    ),
    Admitted(
        "meeting",
        "街区治理例会",
        "Monthly meeting on the neighbourhood",
        "里仁市（模拟）社区发展治理办法第十二条",
        90,
        1,
    ),
    Admitted(
        "inspection",
        "户外广告安全联合检查",
        "Joint inspection of advertising boards",
        "《城市市容和环境卫生管理条例》第十一条",
        120,
        1,
    ),
    Admitted(
        "ledger",
        "楼道堆物清理台账",
        "Ledger of things cleared from stairwells",
        "《固体废物污染环境防治法》第六条",
        180,
        0,
        None,
        ("社区名称", "楼栋", "清理日期", "责任人"),
    ),
)


@dataclass(frozen=True)
class Wanted:
    """An application and how far it came."""

    work_type: str
    title_zh: str
    title_en: str
    basis: str
    purpose: str
    minutes: int
    reached: str
    stand: str = "agrees"
    said: str = ""


WANTED = (
    Wanted(
        "task",
        "共享单车停放劝导",
        "Talks on where shared bicycles stand",
        "《城市市容和环境卫生管理条例》第十一条",
        "早晚高峰在路口劝导停放，每周两次。",
        120,
        "applied",
    ),
    Wanted(
        "form",
        "停车位情况统计表",
        "Form on parking places",
        "《统计法》第七条",
        "填报小区停车位数。",
        60,
        "hearing",
        "objects",
        "物业和交管都有这个数，要社区再填一遍没必要。",
    ),
    Wanted(
        "meeting",
        "月度市容会商",
        "Monthly talk on how streets look",
        "里仁市（模拟）社区发展治理办法第十二条",
        "每月一次，半小时，视频参加。",
        30,
        "admitted",
        "conditions",
        "视频可以，不要再要会议记录。",
    ),
    Wanted(
        "signboard",
        "门前三包示范社区牌",
        "Board of a model community",
        "《城市市容和环境卫生管理条例》第九条",
        "在门口挂牌。",
        10,
        "refused",
        "objects",
        "墙上已经没有地方挂了。",
    ),
)


@dataclass(frozen=True)
class Amended:
    """What the second version of the negative list does to one matter, and why."""

    op: str
    code: str
    name_zh: str
    name_en: str
    basis: str
    reason: str
    words: tuple[str, ...] = ()


AMENDED = (
    Amended(
        "add",
        "app_quotas",
        "摊派手机软件下载注册",
        "Quotas of app downloads",
        "整治形式主义为基层减负若干规定（模拟）",
        "居民不愿装，社区只好替人注册，没有实效。",
        ("下载任务", "注册任务"),
    ),
    Amended(
        "amend",
        "paper_ledgers",
        "重复纸质、电子台账",
        "Repeated ledgers, on paper or electronic",
        "减负通知",
        "只禁纸质，部门就改要电子表，一样要填两遍。",
        ("纸质台账", "重复报送"),
    ),
    Amended(
        "remove",
        "subscriptions",
        "订阅报刊摊派",
        "Quotas of newspaper subscriptions",
        "减负通知",
        "全市已连续两年没有发生，并入“摊派”一类由审计管。",
    ),
)
#: What was said while the second version was open: the committee's word first, then residents'.
SAID = (
    "支持。去年光是软件注册就占了两个网格员半个月。",
    "希望把拍照打卡也写进去。",
    "减下来的时间要用在上门看老人上。",
)


@dataclass(frozen=True)
class Stopped:
    """Work that the gate refused some days ago: why, and whether it was the clerk's own body that tried."""

    why: str
    work_type: str
    title_zh: str
    days_ago: int
    is_own: bool = False


STOPPED = (
    Stopped("gate_needs_an_admission", "appraisal", "社区宣传工作季度排名", 77),
    Stopped("gate_admission_holds_on_the_day", "task", "协助生活垃圾分类宣传劝导", 41, True),
    Stopped("gate_admission_reaches_this_community", "meeting", "街区治理例会", 23, True),
    Stopped("gate_needs_an_admission", "inspection", "安全生产网格互查", 16),
    Stopped("gate_needs_an_admission", "form", "社区人才情况摸底表", 2),
)
#: What came round the gate and was corrected: the report, the order, and what became of it.
ROUND = (
    "直接在工作群发通知，要求每周五前报送人才情况摸底表，没有准入，也没有说明依据。",
    "责令停止报送，五个工作日内书面说明，并删除已收的表。",
    "已停止报送并删除已收的表；该局确认今后先申请准入。",
)
