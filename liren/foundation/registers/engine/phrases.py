"""What a simulated entry says in its text fields: by the code of the field, in the words of a notice board.

No phrase names a person, a firm or a place that exists.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from liren.foundation.registers.engine.spec import FieldSpec

Pick = Callable[[int], int]
"""A whole number below the one given."""

HOURS = (
    "周一至周五 8:30—12:00、13:30—17:30",
    "每天 9:00—21:00",
    "周一至周日 8:30—20:00",
    "周二至周日 9:30—18:00",
    "全天开放",
)
MEETING = ("每周三 14:00—17:00，社区会客厅", "每月10日、25日上午，党群服务中心一楼", "工作日上午，社区办公室")
POSTS = ("社区工作者", "居委会副主任", "网格服务岗", "社区服务站站长", "文体活动岗")
MONEY = ("免费", "免费，材料自带", "每次5元", "按公示标准收取", "成本价，老年人八折")
SOURCES = ("街道年度统计表", "实地测量记录", "竣工验收资料", "社区公示栏")
PAPERS = ("里民发〔2026〕12号", "里府办〔2025〕48号", "里社治〔2026〕7号", "里财社〔2026〕31号")
PLACES = ("社区服务中心一楼大厅", "东门北侧", "活动室旁", "院内空地", "二楼会议室")
WAYS = ("电话预约", "现场登记", "线上预约后到场", "向社区服务站报名")
COMPLAINTS = ("先向社区服务站反映，十个工作日内答复", "拨打公示电话，也可写信到街道")
LAWS = ("城市居民委员会组织法", "里仁市（模拟）社区发展治理办法", "物业管理条例")
SERVICES = ("咨询、代办、上门服务", "文化活动、课后托管、老年课堂", "便民维修、助餐、健康讲座")
RESULTS = ("居民反映等候时间缩短", "已开展三期，参与人数逐期增加", "部分完成，其余列入下一年度")
STORIES = ("由旧粮站改造而来，保留了原有的木梁。", "因一口老井得名，居民常在此集会。")
KEEPERS = ("社区居委会", "业主委员会", "街道公共服务办公室", "物业服务中心")
LICENCES = ("模拟许可0001号", "模拟备案2025—017号", "已备案，证照现场公示")
VIEWS = ("多数居民赞成，建议延长开放时间。", "征求意见七天，无人反对。", "居民希望增加座椅和照明。")
SCOPE = ("本社区全部楼栋", "1至6号楼", "辖区内公共场所", "三个院落")
WHOM = ("本社区居民", "六十岁以上居民", "在本社区居住或工作的人")
PLAN = ("分三步：征求意见、小范围试行、全面推开。", "先议后办，结果上墙公示。")
EXACT = ("一号楼东侧至二号路口", "南门至社区公园")
KIT = ("手台、反光背心、急救包", "灭火器、水带、破拆工具")
COURSES = ("书法、合唱、智能手机使用", "急救常识、园艺、木工")
PLAIN = ("按公示执行", "见社区公示栏", "已列入年度计划")

# The first that matches the code counts.
BY_CODE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"conflicts", ("涉及所在单位的事项", "近亲属所在单位的纠纷", "做过鉴定的项目")),
    (r"price_notice", ("门口价目牌，随时更新",)),
    (r"quantity_unit", ("箱", "件", "顶", "套")),
    (r"goods", ("瓶装饮用水 500毫升", "棉被 1.5米×2米", "手电筒", "折叠床")),
    (r"era", ("清代", "民国", "20世纪50年代")),
    (r"ages", ("6至14岁", "3岁以上", "全年龄")),
    (r"network_name", ("Liren-Free（模拟）",)),
    (r"version", ("2026年版", "第二版")),
    (r"plot|title_number|number$", ("模拟—0001", "模拟—0107", "模拟—0215")),
    (r"grade", ("一级", "二级", "三级")),
    (r"hours|season|(^|_)times?$|duty$", HOURS),
    (r"meeting|reception|duty_times|time_asked|calendar|term$", MEETING),
    (r"post|chair|custodian|stand_in", POSTS),
    (r"price|fee|subsidy|money|expenses", MONEY),
    (r"licence|qualification|certificate", LICENCES),
    (r"document|decision|reply|delegat|deed|permission|contract", PAPERS),
    (r"source|evidence", SOURCES),
    (r"basis|standard|legal", LAWS),
    (r"complaint|remedy|objection|contact|offline", COMPLAINTS),
    (r"book|enrol|join|apply|access|filling|how|steps", WAYS),
    (r"section|route", EXACT),
    (r"keeper|owner|operator|workplace|partners|authors|shared_with|who_run|police_station", KEEPERS),
    (r"view|feedback|asked|response", VIEWS),
    (r"covers|area_served|communities|buildings", SCOPE),
    (r"eligible|who_may|conditions|admission", WHOM),
    (r"equipment", KIT),
    (r"course|topics|teach|theme|topic", COURSES),
    (r"story|threats", STORIES),
    (r"progress|result|use_made|outcome|finding|signs|condition|reason|remark", RESULTS),
    (r"services?|duties|tasks|contribution|activities|content|can_do|advice|used_for|what|main", SERVICES),
    (r"plan|measures|indicators|limits|rule|context|concern|target", PLAN),
    (r"place|spot|room|location|office|address|kept_at|handled|facility", PLACES),
)
ENGLISH = ("As on the notice board", "For residents of the community", "Counselling and help with forms")


@lru_cache(maxsize=2000)
def offered_for(code: str) -> tuple[str, ...]:
    """The texts among which a field of this code chooses."""
    return next((texts for pattern, texts in BY_CODE if re.search(pattern, code)), PLAIN)


def phrase(field: FieldSpec, pick: Pick) -> str:
    """A short text for a field."""
    offered = offered_for(field.code)
    return offered[pick(len(offered))][: field.longest or None]


def english(pick: Pick) -> str:
    """The other half of a bilingual text."""
    return ENGLISH[pick(len(ENGLISH))]
