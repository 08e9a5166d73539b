"""What documents, versions and numbers can be called; the values stand in the packs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    # Translators: 法律
    LAW = "law", _("Law")
    # Translators: 法规（条例）
    REGULATION = "regulation", _("Regulation")
    # Translators: 规章、规则、司法解释
    RULE = "rule", _("Rule")
    # Translators: 意见（文件种类）
    OPINION = "opinion", _("Opinion")
    # Translators: 规划
    PLAN = "plan", _("Plan")
    # Translators: 标准
    STANDARD = "standard", _("Standard")
    # Translators: 报告、解读、经验材料
    REPORT = "report", _("Report")
    # Translators: 通知、公告
    NOTICE = "notice", _("Notice")


class Status(models.TextChoices):
    """Where a version stands. A reported one tells of experience and binds nobody."""

    # Translators: 草案
    DRAFT = "draft", _("Draft")
    # Translators: 现行有效
    IN_FORCE = "in_force", _("In force")
    # Translators: 已被新版本取代
    SUPERSEDED = "superseded", _("Superseded")
    # Translators: 已废止
    REPEALED = "repealed", _("Repealed")
    # Translators: 经验介绍，无约束力
    REPORTED = "reported", _("Report of experience")


class Certainty(models.TextChoices):
    """How sure it is that the text reads so."""

    # Translators: 有全文
    FULL_TEXT = "full_text", _("Full text at hand")
    # Translators: 查到条文
    LAW_TEXT_FOUND = "law_text_found", _("Text of the article found")
    # Translators: 转引
    SECONDARY = "secondary", _("From a secondary source")
    # Translators: 凭记忆，待核
    FROM_MEMORY = "from_memory", _("From memory, to be checked")


class Attribute(models.TextChoices):
    """What a number does: it binds, is hoped for, is where things stood, or is only told."""

    # Translators: 约束性
    BINDING = "binding", _("Binding")
    # Translators: 预期性
    EXPECTED = "expected", _("Expected")
    # Translators: 基期值
    BASELINE = "baseline", _("Baseline")
    # Translators: 报告数
    REPORTED = "reported", _("Reported")


class Operator(models.TextChoices):
    AT_LEAST = ">=", _("at least")
    ABOVE = ">", _("above")
    EXACTLY = "=", _("exactly")
    AT_MOST = "<=", _("at most")
    BELOW = "<", _("below")
    # Translators: 某个区间之内
    RANGE = "range", _("between")
