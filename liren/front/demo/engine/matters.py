"""What is reported in the simulated city, and what is answered: things and places, never persons.

Nothing here was said by anybody: the sentences are put together from what is usually wrong with streets and houses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liren.front.demo.engine.chance import Dice

POLICE, HOUSING, URBAN, MARKET, PARKS = 4, 11, 12, 20, 15
ECOLOGY, TRANSPORT, LABOUR, EDUCATION, HEALTH = 10, 13, 8, 2, 18
DEPARTMENT_OF = {
    "road_occupation": URBAN,
    "rubbish": URBAN,
    "dark_place": URBAN,
    "manhole": URBAN,
    "illegal_construction": URBAN,
    "parking": POLICE,
    "noise": POLICE,
    "animals": POLICE,
    "sewage": HOUSING,
    "dilapidation": HOUSING,
    "property_service": HOUSING,
    "housing": HOUSING,
    "lift": MARKET,
    "market": MARKET,
    "greening": PARKS,
    "pollution": ECOLOGY,
    "works_nearby": ECOLOGY,
    "transport": TRANSPORT,
    "labour": LABOUR,
    "education": EDUCATION,
    "health": HEALTH,
}
"""Which department answers for a category of requests, by its place in the list of departments. What is left out falls
to the desk of the community."""
WEIGHT = {
    "rubbish": 8,
    "noise": 8,
    "parking": 9,
    "dark_place": 7,
    "property_service": 8,
    "road_occupation": 6,
    "dilapidation": 6,
    "fire_exit": 5,
    "lift": 5,
    "sewage": 5,
    "greening": 5,
    "animals": 4,
    "works_nearby": 4,
    "manhole": 3,
    "illegal_construction": 3,
    "transport": 3,
    "advice": 5,
    "outage": 2,
    "pollution": 2,
    "market": 2,
    "housing": 2,
    "labour": 1,
    "education": 1,
    "health": 1,
    "other": 1,
}
OPEN = ("", "", "", "", "您好，", "反映一个问题：")
SINCE = ("", "", "已经有三四天了。", "快一个星期了。", "上周就看到了。")
CLOSE = ("", "", "麻烦派人来看看。", "希望尽快处理。", "请安排人处理一下，谢谢。", "老人孩子进出都要经过这里。")
#: Where a sentence says already since when, or how often, nothing is added.
SAYS_WHEN = re.compile("[天晚早夜月周]|星期|上午|中午|一直|经常|总|次")
#: Questions and suggestions: nothing is wrong, so nothing has been wrong for some days.
QUIET = frozenset({"advice", "labour", "education", "other", "outage"})


@dataclass(frozen=True)
class Matter:
    """What is said about a category, each with the answer to it, and where in a place it is."""

    pairs: tuple[tuple[str, str], ...]
    spots: tuple[str, ...]


GATE = ("东门", "西门", "南门", "北门")
HOUSES = ("2号楼", "3号楼", "5号楼", "6号楼", "8号楼", "11号楼")
ROAD = ("门口这段路", "东侧路口", "公交站旁边", "对面巷子")
GREENS = ("小游园", "健身角", "小广场")
# (what is said, how it is answered) one after another: an answer fits what was said.
MATTERS = {
    "rubbish": Matter(
        (
            ("{at}的垃圾桶满了没人清，袋子堆到地上，有味道。", "已清运完毕，周边冲洗消毒，清运次数调整为每天两次。"),
            ("{at}旁边有人倒了一堆装修垃圾，占了半边路。", "堆放的建筑垃圾已经清走，现场设了提示牌，晚间加巡一次。"),
            ("{at}旧沙发和木板扔了一地，一直没有清走。", "大件垃圾已清走，每周三集中收运的时间贴在投放点。"),
            ("{at}的分类垃圾桶坏了一个盖子，苍蝇很多。", "已更换破损的桶盖，安排保洁每天傍晚再巡一遍。"),
        ),
        (*HOUSES, *GATE, "垃圾投放点"),
    ),
    "noise": Matter(
        (
            (
                "{at}楼下的店晚上十一点多还在放音响，关着窗也听得到。",
                "已要求店铺晚上十点后关闭外放音响，连续三晚回查没有再发现。",
            ),
            (
                "{at}楼下每天早上六点就有音响声，声音特别大。",
                "已商量好活动时间和音量，七点半以后开始，现场张贴了约定。",
            ),
            ("{at}底商的空调外机响得厉害，夜里嗡嗡的。", "外机已加装减震垫，复测后声音明显变小。"),
            ("{at}中午休息时间还在打钻装修。", "已告知装修时段，中午十二点到两点半不再施工，装修告知单贴在单元门口。"),
        ),
        HOUSES,
    ),
    "parking": Matter(
        (
            ("{at}外面的人行道上停满了车，轮椅和童车过不去。", "已在现场疏导，补划禁停标线，并列入早晚高峰巡查。"),
            ("{at}两边都停满了车，会车很困难。", "已和交警中队现场看过，改为单侧停放，标线已经划好。"),
            ("{at}出入口被车挡住，早上出不来。", "出入口已划黄色网格线，连续一周巡查没有再出现乱停。"),
            ("{at}的盲道上停着好几辆电动车。", "已清理占用盲道的车辆，增设两处非机动车停放区。"),
        ),
        GATE,
    ),
    "dark_place": Matter(
        (
            ("{at}的路灯不亮，晚上一片漆黑。", "已更换损坏的灯头，当晚试灯正常。"),
            ("{at}连着三盏路灯坏了，只有一盏还亮着。", "查到是电缆接头进水，已重新接线，沿线路灯全部恢复。"),
            ("{at}的路灯一闪一闪的，看不清台阶。", "镇流器老化，已更换，照明正常。"),
            ("{at}拐角一直没有灯，晚上下班走着不放心。", "已加装两盏太阳能路灯，照明正常。"),
        ),
        (*ROAD, "健身角", "停车棚旁"),
    ),
    "property_service": Matter(
        (
            (
                "{at}门禁坏了很久，谁都能进，报修了没有下文。",
                "已约谈物业，门禁修好并试用正常，报修回复情况改为每周公示。",
            ),
            ("{at}的楼道一个多星期没人打扫。", "物业已补做楼道保洁，清扫时间表贴在单元门口。"),
            ("{at}公共区域的收支情况有半年没有公示了。", "公共收支已补充公示，有疑问可以到社区服务站查看明细。"),
            ("{at}的楼道窗户掉了两扇，雨直接飘进来。", "窗扇已更换，其他楼层一并检查加固。"),
        ),
        HOUSES,
    ),
    "road_occupation": Matter(
        (
            ("{at}摆摊的把人行道占满了，行人只能走到马路上。", "摊位已引导到疏导点经营，人行道恢复通行。"),
            ("{at}的店铺把货堆到门外，过道只剩一个人宽。", "已劝导商户收回店外堆放的货物，划定了经营边线。"),
            (
                "{at}晚上烧烤摊占道，油烟很大，地上全是油。",
                "已列入晚间重点巡查，地面油污清洗干净，连续五天没有再发现。",
            ),
        ),
        ROAD,
    ),
    "dilapidation": Matter(
        (
            ("{at}路面塌了一块，骑车容易摔。", "坑洼处已重新铺好沥青，恢复通行。"),
            ("{at}的外墙瓷砖有几块松了，下面是人行通道。", "松动的墙砖已经清除，下方通道恢复使用，整面墙列入维修。"),
            ("{at}的台阶缺了一角，钢筋都露出来了。", "台阶已修补，边角加了防滑条。"),
        ),
        HOUSES,
    ),
    "fire_exit": Matter(
        (
            ("{at}的消防通道被车堵住了，万一有事消防车进不来。", "车辆已挪走，通道重新划线并上了标识，纳入每周检查。"),
            ("{at}的楼道里堆满纸箱和旧家具，只能侧身过。", "楼道杂物已全部清走，和楼里住户约好不再堆放。"),
            ("{at}的安全出口从里面锁着，打不开。", "安全出口的锁已拆除，换成了推杆门。"),
            ("{at}楼梯间停了好几辆电动车，还拉线充电。", "车辆已移到充电棚，楼梯间私拉的电线已拆除。"),
        ),
        HOUSES,
    ),
    "lift": Matter(
        (
            ("{at}的电梯停在三楼不动了，老人上下楼很难。", "主板烧坏，已更换，检验合格后恢复运行。"),
            ("{at}的电梯门关不严，运行时抖得厉害。", "维保单位已更换门机部件，检验合格。"),
            (
                "{at}电梯这个月坏了四次，修好没两天又停。",
                "查明是曳引绳磨损，已整组更换，故障原因和维保记录贴在轿厢里。",
            ),
        ),
        HOUSES,
    ),
    "sewage": Matter(
        (
            ("{at}的下水道堵了，污水漫到路上。", "管道已经疏通，路面冲洗干净，井里的淤泥清出后运走。"),
            ("{at}化粪池满了往外冒，气味很重。", "化粪池已清掏，今后每季度清掏一次。"),
            ("{at}管道漏水，墙脚一直是湿的，积了一大滩。", "破损的管段已更换，通水试验没有再渗漏。"),
        ),
        HOUSES,
    ),
    "greening": Matter(
        (
            ("{at}前面的树枝伸到窗户上了，挡光，刮风时打玻璃。", "已修剪靠近窗户的枝条。"),
            ("{at}前面一棵树枯了，枝子往下掉。", "枯树已移除，春季补种。"),
            ("{at}旁边的绿化带踩秃了一大片，下雨都是泥。", "已补种草皮，并铺了一条步道供行人通过。"),
        ),
        HOUSES,
    ),
    "animals": Matter(
        (
            (
                "{at}经常有没拴绳的大狗跑来跑去，孩子不敢下楼。",
                "已做文明养犬劝导，傍晚安排巡查，近一周没有再发现不拴绳的情况。",
            ),
            ("{at}有一群流浪狗，晚上追着人叫。", "流浪犬已由专业机构收容。"),
            ("{at}的草地上狗粪没人收拾。", "草地已清理，增设了拾便箱和提示牌。"),
        ),
        GREENS,
    ),
    "works_nearby": Matter(
        (
            ("{at}旁边工地半夜还在打桩。", "工地夜间没有施工许可，已责令停止，并公布了施工时间。"),
            ("{at}对面拆房没有洒水，灰尘很大，窗户不敢开。", "已要求全程喷淋，出口加装车辆冲洗设备，复查符合要求。"),
            ("{at}外面的施工围挡把人行道全占了，没留通道。", "围挡已后退一米五，留出了行人通道和照明。"),
        ),
        (*GATE, *HOUSES),
    ),
    "manhole": Matter(
        (
            ("{at}的井盖不见了，只插了根树枝。", "现场已设围挡，当天换上了新井盖，并加装防坠网。"),
            ("{at}的井盖松了，车一压就翘起来。", "井盖已更换为防沉降型，车辆通过平稳。"),
            ("{at}的井盖裂成两半，快要掉下去了。", "已换上新井盖，周边井盖一并检查，没有发现破损。"),
        ),
        ROAD,
    ),
    "illegal_construction": Matter(
        (
            ("{at}楼顶在搭彩钢房，已经立起架子了。", "现场核实属于违法搭建，已当场停工，架子拆除完毕。"),
            ("{at}一楼把绿地圈起来砌墙。", "围墙已拆除，绿地恢复原状。"),
            ("{at}过道上加了一道铁门，占了公共走廊。", "铁门已拆除，走廊恢复通行。"),
        ),
        HOUSES,
    ),
    "transport": Matter(
        (
            ("{at}的公交站牌被撞歪了，看不到班次。", "站牌已更换。"),
            ("{at}的红绿灯时间太短，老人过不完马路。", "行人绿灯延长了八秒。"),
            ("{at}早高峰公交经常半个小时才来一趟。", "早高峰加开两班，时刻表已更新到站牌上。"),
        ),
        ("东侧路口", "西侧路口"),
    ),
    "advice": Matter(
        (
            (
                "建议在{at}装几张长椅，买菜回来可以歇一歇。",
                "建议已采纳，三张长椅列入今年的便民项目，完工时间见公示栏。",
            ),
            ("想问{at}什么时候能装电动车充电桩。", "充电桩的位置正在征求意见，下月居民议事会讨论后公布。"),
            ("{at}能不能加一个旧衣回收箱？", "回收箱已放置，每周五清运。"),
        ),
        (*GREENS, *GATE),
    ),
    "outage": Matter(
        (
            ("{at}从早上起就没水，没看到停水通知。", "水泵故障，已抢修完毕，恢复供水。"),
            ("{at}一半的房子停电，电表箱跳闸推不上去。", "配电箱开关烧坏，已更换，恢复供电。"),
        ),
        HOUSES,
    ),
    "pollution": Matter(
        (
            ("{at}的河沟水发黑发臭。", "已找到排口并封堵，河沟清淤后水质复测正常。"),
            ("{at}总有一股刺鼻的油漆味，晚上更重。", "喷漆作业已停，要求装好废气处理设备再恢复。"),
        ),
        ("北门外", "东门外"),
    ),
    "market": Matter(
        (
            ("{at}的菜店电子秤好像不准，买两斤少三两。", "已现场检定，不准的秤停用，换了检定合格的秤。"),
            ("{at}的理发店关门了，储值卡的钱退不了。", "经协调，经营者已按约定分两次退款。"),
        ),
        GATE,
    ),
    "housing": Matter(
        (
            ("{at}顶楼下雨就漏，天花板起皮了。", "屋面防水已重新做好，雨后复查没有渗漏。"),
            ("{at}加装电梯的方案什么时候公示？", "方案正在征求意见，公示时间和地点已贴在单元门口。"),
        ),
        HOUSES,
    ),
    "labour": Matter(
        (("想问{at}附近有没有适合四五十岁的人的技能培训。", "下一期免费培训的时间、报名方式已经告知，也贴在公示栏。"),),
        ("社区活动室",),
    ),
    "education": Matter(
        (("{at}的图书角开放时间太短，放学后就关门了。", "图书角已延长到晚上七点半，寒暑假全天开放。"),),
        ("社区活动室",),
    ),
    "health": Matter(
        (("{at}的卫生服务站下午没人，量血压白跑一趟。", "服务站排班已调整，开放时间贴在门口。"),), ("南门", "东门")
    ),
    "other": Matter((("{at}捡到一串钥匙，放在哪里方便失主来取？", "已登记，放在社区服务站失物招领处。"),), GATE),
}
"""What each category of requests is about."""


def said(dice: Dice, category: str, place: str) -> tuple[str, str, str]:
    """The words of a report, its address at a place of the simulated city, and the answer that fits."""
    matter = MATTERS[category]
    address = f"{place}{dice.pick(matter.spots)}"
    told, answer = dice.pick(matter.pairs)
    text = told.format(at=address)
    if category in QUIET:
        return text, address, answer
    since = "" if SAYS_WHEN.search(told) else dice.pick(SINCE)
    return f"{dice.pick(OPEN)}{text}{since}{dice.pick(CLOSE)}", address, answer


def labelled(dice: Dice, each: int) -> list[tuple[str, str]]:
    """Sentences with their categories, ``each`` of every category, about places that have no name of their own."""
    return [(said(dice, category, "小区")[0], category) for category in MATTERS for _ in range(each)]
