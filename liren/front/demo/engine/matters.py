"""What is reported in the simulated city, and what is answered: things and places, never persons.

Nothing here was said by anybody: the sentences are put together from what is usually wrong with streets and houses.
"""

from __future__ import annotations

from dataclasses import dataclass

from liren.front.demo.engine.chance import Dice

POLICE, HOUSING, URBAN, MARKET, PARKS = 4, 11, 12, 20, 15
ECOLOGY, TRANSPORT, LABOUR, EDUCATION, HEALTH = 10, 13, 8, 2, 18
DEPARTMENT_OF = {
    "road_occupation": URBAN, "rubbish": URBAN, "dark_place": URBAN, "manhole": URBAN, "illegal_construction": URBAN,
    "parking": POLICE, "noise": POLICE, "animals": POLICE,
    "sewage": HOUSING, "dilapidation": HOUSING, "property_service": HOUSING, "housing": HOUSING,
    "lift": MARKET, "market": MARKET, "greening": PARKS, "pollution": ECOLOGY, "works_nearby": ECOLOGY,
    "transport": TRANSPORT, "labour": LABOUR, "education": EDUCATION, "health": HEALTH,
}  # fmt: skip
"""Which department answers for a category of requests, by its place in the list of departments. What is left out falls
to the desk of the community."""
WEIGHT = {
    "rubbish": 8, "noise": 8, "parking": 9, "dark_place": 7, "property_service": 8, "road_occupation": 6,
    "dilapidation": 6, "fire_exit": 5, "lift": 5, "sewage": 5, "greening": 5, "animals": 4, "works_nearby": 4,
    "manhole": 3, "illegal_construction": 3, "transport": 3, "advice": 5, "outage": 2, "pollution": 2, "market": 2,
    "housing": 2, "labour": 1, "education": 1, "health": 1, "other": 1,
}  # fmt: skip
OPEN = ("", "", "", "您好，", "反映一个问题：", "麻烦问一下，")
SINCE = ("", "", "昨天晚上起就这样了。", "已经有三四天了。", "快一个星期了。", "上周就看到了。", "下雨以后更明显。")
CLOSE = ("", "", "麻烦派人来看看。", "希望尽快处理。", "请安排人处理一下，谢谢。", "老人孩子进出都要经过这里。")


@dataclass(frozen=True)
class Matter:
    """What is said about a category, where in a place it is, and how it is answered."""

    says: tuple[str, ...]
    spots: tuple[str, ...]
    answers: tuple[str, ...]


GATE = ("东门", "西门", "南门", "北门")
HOUSES = ("2号楼", "3号楼", "5号楼", "6号楼", "8号楼", "11号楼")
ROAD = ("门口这段路", "东侧人行道", "西侧路口", "公交站旁边", "对面巷子")
MATTERS = {
    "rubbish": Matter(
        ("{at}的垃圾桶满了没人清，袋子堆到地上，有味道。", "{at}有人倒了一堆装修垃圾，占了半边路。",
         "{at}旧沙发和木板扔了一地，一直没有清走。", "{at}的分类垃圾桶坏了一个盖子，苍蝇很多。"),
        (*HOUSES, *GATE, "垃圾投放点"),
        ("已清运完毕，投放点周边冲洗消毒，并把清运次数调整为每天两次。",
         "堆放的大件和建筑垃圾已经清走，现场设了提示牌。",
         "已更换破损的桶盖，安排保洁每天傍晚再巡一遍。"),
    ),
    "noise": Matter(
        ("{at}楼下的店晚上十一点多还在放音响，关着窗也听得到。", "{at}每天早上六点就有音响声，声音特别大。",
         "{at}的空调外机响得厉害，夜里嗡嗡的。", "{at}中午休息时间还在打钻装修。"),
        (*HOUSES, "小广场", "临街商铺"),
        ("现场核实后，已要求店铺晚上十点后关闭外放音响，并连续三晚回查，没有再发现。",
         "已和活动场地商量好时间和音量，现场张贴了约定。",
         "设备已加装减震垫，复测后声音明显变小。"),
    ),
    "parking": Matter(
        ("{at}天天有车停在人行道上，轮椅和童车过不去。", "{at}两边都停满了车，会车很困难。",
         "{at}出入口被车挡住，早上出不来。", "{at}的盲道上停着好几辆电动车。"),
        (*GATE, *ROAD),
        ("已在现场疏导，补划禁停标线，并列入早晚高峰巡查。", "已清理占用盲道的车辆，增设两处非机动车停放区。",
         "路口装了隔离柱，连续一周巡查没有再出现乱停。"),
    ),
    "dark_place": Matter(
        ("{at}的路灯不亮，晚上一片漆黑。", "{at}连着三盏路灯坏了，只有一盏还亮着。",
         "{at}的路灯一闪一闪的，看不清台阶。",
         "{at}拐角一直没有灯，晚上下班走着不放心。"),
        (*ROAD, "健身角", "停车棚旁"),
        ("已更换损坏的灯头，当晚试灯正常。", "查到是电缆接头进水，已重新接线，沿线路灯全部恢复。",
         "已加装两盏太阳能路灯，照明正常。"),
    ),
    "property_service": Matter(
        ("{at}门禁坏了很久，谁都能进，报修了没有下文。", "{at}的楼道一个多星期没人打扫。",
         "{at}公共区域的收支情况有半年没有公示了。", "{at}的监控室没人值守，大门一直敞着。"),
        (*HOUSES, *GATE),
        ("已约谈物业，门禁修好并试用正常，报修和回复情况改为每周公示。", "物业已补做楼道保洁，清扫时间表贴在单元门口。",
         "公共收支已经补充公示，有疑问可以到社区服务站查看明细。"),
    ),
    "road_occupation": Matter(
        ("{at}摆摊的把人行道占满了，行人只能走到马路上。", "{at}的店铺把货堆到门外，过道只剩一个人宽。",
         "{at}晚上烧烤摊占道，油烟很大，地上全是油。"),
        ROAD,
        ("已劝导商户收回店外堆放的货物，划定了经营边线。", "摊位已引导到疏导点经营，地面油污清洗干净。",
         "已列入晚间重点巡查，连续五天没有再发现占道。"),
    ),
    "dilapidation": Matter(
        ("{at}路面塌了一块，骑车容易摔。", "{at}外墙瓷砖有几块松了，下面是人行通道。", "{at}的健身器材断了一根扶手。",
         "{at}台阶缺了一角，钢筋都露出来了。"),
        (*HOUSES, *ROAD, "小广场"),
        ("坑洼处已重新铺好沥青，恢复通行。", "松动的墙砖已经清除，下方通道恢复使用，后续整面墙列入维修。",
         "损坏的部件已更换，检查后可以正常使用。"),
    ),
    "fire_exit": Matter(
        ("{at}的消防通道被车堵住了，万一有事车进不来。", "{at}的楼道里堆满纸箱和旧家具，只能侧身过。",
         "{at}的安全出口从里面锁着，打不开。", "{at}楼梯间停了好几辆电动车，还拉线充电。"),
        HOUSES,
        ("现场已清理完毕，通道重新划线并上了标识，纳入每周检查。", "楼道杂物已全部清走，和楼栋居民约好不再堆放。",
         "安全出口的锁已拆除，换成了推杆门。"),
    ),
    "lift": Matter(
        ("{at}的电梯停在三楼不动了，老人上下楼很难。", "{at}的电梯门关不严，运行时抖得厉害。",
         "{at}电梯这个月坏了四次，修好没两天又停。"),
        HOUSES,
        ("维保单位已更换门机部件，检验合格后恢复运行。", "电梯已修复，故障原因和维保记录贴在轿厢里。",
         "主板老化，已经更换；维修资金使用情况在公示栏公示。"),
    ),
    "sewage": Matter(
        ("{at}的下水道堵了，污水漫到路上。", "{at}化粪池满了往外冒，气味很重。",
         "{at}管道漏水，墙脚一直是湿的，积了一大滩。"),
        (*HOUSES, *ROAD),
        ("管道已经疏通，路面冲洗干净，井里的淤泥清出后运走。", "化粪池已清掏，今后每季度清掏一次。",
         "破损的管段已更换，通水试验没有再渗漏。"),
    ),
    "greening": Matter(
        ("{at}的树枝伸到窗户上了，挡光，刮风时打玻璃。", "{at}的一棵树枯了，枝子往下掉。",
         "{at}绿化带踩秃了一大片，下雨都是泥。"),
        (*HOUSES, *ROAD, "小游园"),
        ("已修剪靠近窗户的枝条。", "枯树已移除，春季补种。", "已补种草皮，并铺了一条步道供行人通过。"),
    ),
    "animals": Matter(
        ("{at}经常有没拴绳的大狗跑来跑去，孩子不敢下楼。", "{at}有一群流浪狗，晚上追着人叫。",
         "{at}的草地上狗粪没人收拾。"),
        ("小广场", "健身角", *GATE),
        ("已在现场做文明养犬劝导，增设了拾便箱和提示牌。", "流浪犬已由专业机构收容。",
         "傍晚安排了巡查，近一周没有再发现不拴绳的情况。"),
    ),
    "works_nearby": Matter(
        ("{at}旁边工地半夜还在打桩。", "{at}对面拆房没有洒水，灰尘很大，窗户不敢开。",
         "{at}门口的围挡把人行道全占了，没留通道。"),
        (*GATE, *HOUSES),
        ("工地夜间没有施工许可，已责令停止，并公布了施工时间。", "已要求全程喷淋，出口加装车辆冲洗设备，复查符合要求。",
         "围挡已后退一米五，留出了行人通道和照明。"),
    ),
    "manhole": Matter(
        ("{at}的井盖不见了，只插了根树枝。", "{at}的井盖松了，车一压就翘起来。", "{at}的井盖裂成两半，快要掉下去了。"),
        ROAD,
        ("现场已设围挡，当天换上了新井盖，并加装防坠网。", "井盖已更换为防沉降型，车辆通过平稳。"),
    ),
    "illegal_construction": Matter(
        ("{at}楼顶在搭彩钢房，已经立起架子了。", "{at}一楼把绿地圈起来砌墙。",
         "{at}过道上加了一道铁门，占了公共走廊。"),
        HOUSES,
        ("现场核实属于违法搭建，已当场停工，架子拆除完毕。", "围墙已拆除，绿地恢复原状。"),
    ),
    "transport": Matter(
        ("{at}的公交站牌被撞歪了，看不到班次。", "{at}路口红绿灯时间太短，老人过不完马路。",
         "{at}早高峰公交经常半个小时才来一趟。"),
        ROAD,
        ("站牌已更换。", "路口行人绿灯延长了八秒。", "早高峰加开两班，时刻表已更新到站牌上。"),
    ),
    "advice": Matter(
        ("建议在{at}装几张长椅，买菜回来可以歇一歇。", "想问{at}什么时候能装电动车充电桩。",
         "建议{at}的活动室周末也开门。",
         "{at}能不能加一个旧衣回收箱？"),
        ("小广场", "健身角", "社区活动室", *GATE),
        ("建议已经采纳，列入下月的居民议事会讨论。", "已列入今年的便民项目，完工时间见公示栏。",
         "周末开放时间已经调整，安排了志愿者值守。"),
    ),
    "outage": Matter(
        ("{at}从早上起就没水，没看到停水通知。", "{at}一半的房子停电，电表箱跳闸推不上去。"), HOUSES,
        ("水泵故障，已抢修完毕，恢复供水。", "配电箱开关烧坏，已更换，恢复供电。"),
    ),
    "pollution": Matter(
        ("{at}旁边的河沟水发黑发臭。", "{at}附近总有一股刺鼻的油漆味，晚上更重。"), ("北门外", "东门外"),
        ("已找到排口并封堵，河沟清淤后水质复测正常。", "现场检查后，喷漆作业已停，要求装好废气处理设备再恢复。"),
    ),
    "market": Matter(
        ("{at}的菜店电子秤好像不准，买两斤少三两。", "{at}的理发店关门了，储值卡的钱退不了。"), ("临街商铺", *GATE),
        ("已现场检定，不准的秤停用，换了检定合格的秤。", "经协调，经营者已按约定分两次退款。"),
    ),
    "housing": Matter(
        ("{at}顶楼下雨就漏，天花板起皮了。", "{at}加装电梯的方案什么时候公示？"), HOUSES,
        ("屋面防水已重新做好，雨后复查没有渗漏。", "方案正在征求意见，公示时间和地点已贴在单元门口。"),
    ),
    "labour": Matter(
        ("想问{at}附近有没有适合四五十岁的人的技能培训。",), ("社区活动室",),
         ("下一期免费培训的时间、报名方式已经告知，也贴在公示栏。",)
    ),
    "education": Matter(
        ("{at}的图书角开放时间太短，放学后就关门了。",), ("社区活动室",),
         ("图书角已延长到晚上七点半，寒暑假全天开放。",)
    ),
    "health": Matter(
        ("{at}的卫生服务站下午没人，量血压白跑一趟。",), ("南门", "东门"), ("服务站排班已调整，开放时间贴在门口。",)
    ),
    "other": Matter(("{at}捡到一串钥匙，放在哪里方便失主来取？",), GATE, ("已登记，放在社区服务站失物招领处。",)),
}  # fmt: skip
"""What each category of requests is about."""


def said(dice: Dice, category: str, place: str) -> tuple[str, str]:
    """The words of a report and its address, at a place of the simulated city."""
    matter = MATTERS[category]
    spot = dice.pick(matter.spots)
    text = dice.pick(matter.says).format(at=f"{place}{spot}")
    if category in ("advice", "labour", "education", "other"):
        return text, f"{place}{spot}"
    return f"{dice.pick(OPEN)}{text}{dice.pick(SINCE)}{dice.pick(CLOSE)}", f"{place}{spot}"


def answered(dice: Dice, category: str) -> str:
    """The words of an answer."""
    return dice.pick(MATTERS[category].answers)
