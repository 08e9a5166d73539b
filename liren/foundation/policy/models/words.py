"""What documents, versions and numbers can be called; the values stand in the packs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DocumentKind(models.TextChoices):
    # Translators: 法律
    LAW = "law", pgettext_lazy("document", "Law")
    # Translators: 法规（条例）
    REGULATION = "regulation", pgettext_lazy("document", "Regulation")
    # Translators: 规章、规则、司法解释
    RULE = "rule", pgettext_lazy("document", "Rule")
    # Translators: 意见（文件种类）
    OPINION = "opinion", pgettext_lazy("document", "Opinion")
    # Translators: 规划
    PLAN = "plan", pgettext_lazy("document", "Plan")
    # Translators: 标准
    STANDARD = "standard", pgettext_lazy("document", "Standard")
    # Translators: 报告、解读、经验材料
    REPORT = "report", pgettext_lazy("document", "Report")
    # Translators: 通知、公告
    NOTICE = "notice", pgettext_lazy("document", "Notice")


class Status(models.TextChoices):
    """Where a version stands. A reported one tells of experience and binds nobody."""

    # Translators: 草案
    DRAFT = "draft", pgettext_lazy("version", "Draft")
    # Translators: 现行有效
    IN_FORCE = "in_force", pgettext_lazy("version", "In force")
    # Translators: 已被新版本取代
    SUPERSEDED = "superseded", pgettext_lazy("version", "Superseded")
    # Translators: 已废止
    REPEALED = "repealed", pgettext_lazy("version", "Repealed")
    # Translators: 经验介绍，无约束力
    REPORTED = "reported", pgettext_lazy("version", "Report of experience")


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
    BINDING = "binding", pgettext_lazy("number", "Binding")
    # Translators: 预期性
    EXPECTED = "expected", pgettext_lazy("number", "Expected")
    # Translators: 基期值
    BASELINE = "baseline", pgettext_lazy("number", "Baseline")
    # Translators: 报告数
    REPORTED = "reported", pgettext_lazy("number", "Reported")


class Operator(models.TextChoices):
    AT_LEAST = ">=", pgettext_lazy("number", "at least")
    ABOVE = ">", pgettext_lazy("number", "above")
    EXACTLY = "=", pgettext_lazy("number", "exactly")
    AT_MOST = "<=", pgettext_lazy("number", "at most")
    BELOW = "<", pgettext_lazy("number", "below")
    # Translators: 某个区间之内
    RANGE = "range", pgettext_lazy("number", "between")
