"""The words of the gate: kinds of work, lists, states. Organisations and matters; nothing is about a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkType(models.TextChoices):
    """What a department may want to extend to communities (R348)."""

    # Translators: 组织机构
    ORGANISATION = "organisation", pgettext_lazy("work asked of a community", "Organisation")
    # Translators: 工作任务
    TASK = "task", pgettext_lazy("work asked of a community", "Task")
    # Translators: 台账
    LEDGER = "ledger", pgettext_lazy("work asked of a community", "Ledger")
    # Translators: 报表
    FORM = "form", pgettext_lazy("work asked of a community", "Form to fill in")
    # Translators: 证明、盖章
    CERTIFICATE = "certificate", pgettext_lazy("work asked of a community", "Certificate or stamp")
    # Translators: 信息系统、工作群
    SYSTEM = "system", pgettext_lazy("work asked of a community", "Information system")
    # Translators: 牌子、阵地
    SIGNBOARD = "signboard", pgettext_lazy("work asked of a community", "Signboard or venue")
    # Translators: 检查
    INSPECTION = "inspection", pgettext_lazy("work asked of a community", "Inspection")
    # Translators: 会议
    MEETING = "meeting", pgettext_lazy("work asked of a community", "Meeting")
    # Translators: 创建达标评比
    AWARD = "award", pgettext_lazy("work asked of a community", "Award round")
    # Translators: 考核
    APPRAISAL = "appraisal", pgettext_lazy("work asked of a community", "Appraisal")


class Origin(models.TextChoices):
    """Who wants the work done: an office, which needs an admission, or residents themselves, who need none."""

    OFFICE = "office", _("Asked by an office")
    RESIDENT = "resident", _("Asked by residents")


class ListKind(models.TextChoices):
    """Three lists (R349) and two catalogues (R350). They are kept apart by kind."""

    # Translators: 社区自治事项清单
    SELF_GOVERNMENT = "self_government", _("Self-government matters")
    # Translators: 社区协助事项清单
    ASSISTANCE = "assistance", _("Matters of assistance")
    # Translators: 社区工作事项负面清单
    NEGATIVE = "negative", _("Negative list")
    # Translators: 依法履行职责事项目录
    DUTIES = "duties", _("Catalogue of duties by law")
    # Translators: 协助政府工作事项目录
    ASSISTING = "assisting", _("Catalogue of assistance to government")


class ListState(models.TextChoices):
    # Translators: 起草中
    DRAFT = "draft", pgettext_lazy("version of a list", "Being drafted")
    # Translators: 征求意见中
    COMMENTS = "comments", pgettext_lazy("version of a list", "Open for comments")
    PUBLISHED = "published", pgettext_lazy("version of a list", "Published")
    # Translators: 不再推进
    DROPPED = "dropped", pgettext_lazy("version of a list", "Dropped")


class ListOp(models.TextChoices):
    ADD = "add", _("Put on the list")
    AMEND = "amend", _("Changed")
    REMOVE = "remove", _("Taken off the list")


class CommentFrom(models.TextChoices):
    RESIDENT = "resident", _("Resident")
    COMMITTEE = "committee", _("Committee")


class Stand(models.TextChoices):
    """What a community says at the hearing."""

    AGREES = "agrees", _("Agrees")
    # Translators: 有条件同意
    CONDITIONS = "conditions", _("Agrees under conditions")
    OBJECTS = "objects", _("Objects")


class Outcome(models.TextChoices):
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")


class RowState(models.TextChoices):
    """Where a piece of work stands that was handed to a community."""

    ASKED = "asked", pgettext_lazy("work asked of a community", "Asked")
    ACCEPTED = "accepted", pgettext_lazy("work asked of a community", "Accepted")
    # Translators: 已依清单拒绝
    REFUSED = "refused", pgettext_lazy("work asked of a community", "Refused")
    DONE = "done", pgettext_lazy("work asked of a community", "Done")
    # Translators: 布置方撤回
    WITHDRAWN = "withdrawn", pgettext_lazy("work asked of a community", "Withdrawn")
    # Translators: 事项取消，随之终止
    CLOSED = "closed", pgettext_lazy("work asked of a community", "Closed with its admission")


class ReportState(models.TextChoices):
    """A report of a task handed down outside of the gate, and what became of it (R353)."""

    REPORTED = "reported", pgettext_lazy("task outside of the gate", "Reported")
    # Translators: 已责令改正
    ORDERED = "ordered", pgettext_lazy("task outside of the gate", "Correction ordered")
    CORRECTED = "corrected", pgettext_lazy("task outside of the gate", "Corrected")
    # Translators: 通报批评
    CRITICISED = "criticised", pgettext_lazy("task outside of the gate", "Criticised in public")
    # Translators: 移送追责
    ACCOUNTABLE = "accountable", pgettext_lazy("task outside of the gate", "Passed on for accountability")
    UNFOUNDED = "unfounded", pgettext_lazy("task outside of the gate", "Not confirmed")


#: States in which somebody still has to act on a report.
UNDECIDED = (ReportState.REPORTED, ReportState.ORDERED)


class Told(models.TextChoices):
    """What is told of a report: that a correction was ordered, and that a day comes or is over. Each is told once."""

    # Translators: 反映处理期限将到
    DECISION_DUE = "decision_due", pgettext_lazy("reminder", "To be decided soon")
    # Translators: 反映逾期未处理
    DECISION_LATE = "decision_late", pgettext_lazy("reminder", "Not decided in time")
    # Translators: 已责令改正
    ORDERED = "ordered", pgettext_lazy("reminder", "A correction was ordered")
    # Translators: 改正期限将到
    CORRECTION_DUE = "correction_due", pgettext_lazy("reminder", "To be corrected soon")
    # Translators: 逾期未改正
    CORRECTION_LATE = "correction_late", pgettext_lazy("reminder", "Not corrected in time")


class Stock(models.TextChoices):
    """The five inventories of what communities were made to carry (R355 to R359)."""

    ORGANISATION = "organisation", _("Organisations")
    # Translators: 活动阵地、牌子
    VENUE = "venue", _("Venues and signboards")
    # Translators: 工作任务和指标
    TASK = "task", _("Tasks and indicators")
    SYSTEM = "system", _("Information systems")
    # Translators: 盖章证明事项
    STAMP = "stamp", _("Certificates and stamps")


class Fate(models.TextChoices):
    """停、减、并、转、限 and what stays."""

    # Translators: 保留
    KEPT = "kept", pgettext_lazy("burden", "Kept")
    # Translators: 停
    STOPPED = "stopped", pgettext_lazy("burden", "Stopped")
    # Translators: 减（取消）
    CUT = "cut", pgettext_lazy("burden", "Cancelled")
    # Translators: 并
    MERGED = "merged", pgettext_lazy("burden", "Merged into another")
    # Translators: 转
    MOVED = "moved", pgettext_lazy("burden", "Moved to others")
    # Translators: 限
    LIMITED = "limited", pgettext_lazy("burden", "Limited")


#: What is gone for good: its ledgers close the same day, and a resident needs another way.
CANCELLED = (Fate.STOPPED, Fate.CUT)


class Medium(models.TextChoices):
    PAPER = "paper", _("On paper")
    ELECTRONIC = "electronic", _("Electronic")


class Side(models.TextChoices):
    """The two sides of an agreement; each judges the other (R363)."""

    STREET = "street", _("Street or town")
    COMMITTEE = "committee", _("Committee")


class Verdict(models.TextChoices):
    """What one side says of how the other kept its word."""

    KEPT = "kept", pgettext_lazy("agreement", "Kept its word")
    PARTLY = "partly", pgettext_lazy("agreement", "Kept it in part")
    NOT_KEPT = "not_kept", pgettext_lazy("agreement", "Did not keep it")
