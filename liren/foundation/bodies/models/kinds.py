"""What sorts of bodies there are, how they are registered, and what they work on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BodyKind(models.TextChoices):
    """Organisations only: nobody's membership, belief or politics follows from any of them."""

    # Translators: 领导小组、联席会议、城乡社区发展治理委员会等议事协调机构
    COORDINATING = "coordinating", _("Coordinating body")
    # Translators: 人民政府、街道办事处
    GOVERNMENT = "government", _("Government or street office")
    # Translators: 部门（含派出机构）
    DEPARTMENT = "department", _("Department")
    # Translators: 产业功能区管理机构
    ZONE_MANAGEMENT = "zone_management", _("Managing body of a zone")
    # Translators: 居民委员会、村民委员会、监督委员会、议事会
    COMMITTEE = "committee", _("Committee of residents or villagers")
    # Translators: 居（村）委会下属委员会
    SUB_COMMITTEE = "sub_committee", _("Sub-committee")
    # Translators: 群团组织（工会、共青团、妇联等）
    MASS_ORGANISATION = "mass_organisation", _("Mass organisation")
    # Translators: 党组织（只作为组织登记）
    PARTY_ORGANISATION = "party_organisation", _("Party organisation")
    # Translators: 社会组织（社会团体、民办非企业单位、基金会）
    SOCIAL_ORGANISATION = "social_organisation", _("Social organisation")
    # Translators: 社区社会组织
    COMMUNITY_ORGANISATION = "community_social_organisation", _("Community social organisation")
    # Translators: 社区社会组织联合会
    FEDERATION = "federation", _("Federation of community organisations")
    # Translators: 社会企业
    SOCIAL_ENTERPRISE = "social_enterprise", _("Social enterprise")
    # Translators: 物业服务企业
    PROPERTY_FIRM = "property_firm", pgettext_lazy("kind of body", "Property firm")
    # Translators: 业主委员会
    OWNERS_COMMITTEE = "owners_committee", _("Owners' committee")
    # Translators: 驻区单位
    RESIDENT_UNIT = "resident_unit", _("Resident unit")
    # Translators: 志愿服务队伍
    VOLUNTEER_TEAM = "volunteer_team", _("Volunteer team")
    # Translators: 集体经济组织
    COLLECTIVE = "collective_economy", _("Collective economic organisation")
    OTHER = "other", _("Other body")


#: Organisations that residents form themselves, from a group to a registered one (R185).
GROWING = (
    BodyKind.SOCIAL_ORGANISATION,
    BodyKind.COMMUNITY_ORGANISATION,
    BodyKind.FEDERATION,
    BodyKind.SOCIAL_ENTERPRISE,
    BodyKind.VOLUNTEER_TEAM,
)


#: What merely acts in a unit and is not set up with it: when the unit becomes part of another, it goes on there.
FOLLOWING = (
    BodyKind.SOCIAL_ORGANISATION,
    BodyKind.COMMUNITY_ORGANISATION,
    BodyKind.SOCIAL_ENTERPRISE,
    BodyKind.PROPERTY_FIRM,
    BodyKind.RESIDENT_UNIT,
    BodyKind.VOLUNTEER_TEAM,
    BodyKind.COLLECTIVE,
)


class Registration(models.TextChoices):
    # Translators: 法人登记
    REGISTERED = "registered", _("Registered")
    # Translators: 备案（不具备法人条件）
    FILED = "filed", _("Filed, without legal person")
    # Translators: 未登记
    NONE = "none", _("Neither registered nor filed")


class Part(models.TextChoices):
    """The four roles of self-government, kept apart (R021)."""

    # Translators: 召集（党组织领导）
    CONVENES = "convenes", _("Convenes")
    # Translators: 决策（议事会、居民代表大会）
    DECIDES = "decides", _("Decides")
    # Translators: 执行（居民委员会、村民委员会）
    CARRIES_OUT = "carries_out", _("Carries out")
    # Translators: 监督（监督委员会）
    CHECKS = "checks", _("Checks")


class Place(models.TextChoices):
    """New fields in which party organisations are set up (R010): kinds of places, never persons."""

    # Translators: 商务楼宇
    OFFICE_BUILDING = "office_building", _("Office building")
    # Translators: 园区
    PARK = "park", _("Business park")
    # Translators: 商圈
    BUSINESS_DISTRICT = "business_district", _("Business district")
    # Translators: 市场
    MARKET = "market", _("Market")
    # Translators: 互联网企业
    INTERNET_FIRM = "internet_firm", _("Internet firm")


class Work(models.TextChoices):
    """Fields of work. The first four are those the draft regulation names for community organisations (art. 37)."""

    # Translators: 公益慈善
    CHARITY = "charity", _("Charity")
    # Translators: 社区服务
    SERVICE = "community_service", _("Community service")
    # Translators: 文化体育
    CULTURE = "culture_sport", _("Culture and sport")
    # Translators: 公共安全
    SAFETY = "public_safety", _("Public safety")
    # Translators: 养老助老
    AGED = "aged_care", _("Care for the aged")
    # Translators: 儿童青少年
    YOUTH = "children_youth", _("Children and youth")
    # Translators: 助残
    DISABILITY = "disability", _("Support for disabled people")
    # Translators: 健康卫生
    HEALTH = "health", _("Health")
    # Translators: 教育培训
    EDUCATION = "education", _("Education")
    # Translators: 环境保护
    ENVIRONMENT = "environment", _("Environment")
    # Translators: 法律服务与调解
    LAW = "law_mediation", _("Law and mediation")
    # Translators: 就业创业
    WORK = "employment", _("Employment")
    # Translators: 应急救援
    RELIEF = "relief", _("Emergency relief")
    # Translators: 农业农村
    FARMING = "farming", _("Farming and villages")
    # Translators: 物业管理
    PROPERTY = "property", _("Property management")
    # Translators: 社会工作
    SOCIAL_WORK = "social_work", _("Social work")
