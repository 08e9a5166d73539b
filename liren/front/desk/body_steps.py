"""One thing to do with a body, a post, a holding, a duty or a pairing: each step is a line of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies import services
from liren.foundation.bodies.models import Body, Duty, MembershipOfBody, OfficeHolding, Pairing, Post
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries as territory
from liren.front.desk import body_forms as forms
from liren.front.desk import post_forms
from liren.front.desk.gate import FORM, View, actor_of, desk, may
from liren.front.desk.refusals import accepted

ACTION = "bodies.keep"
DONE = _("It is recorded.")


def card_of(body: Body) -> str:
    """The page of the desk on which a body and what hangs on it are seen."""
    return reverse("desk-body", args=[body.pk])


@dataclass(frozen=True)
class Thing:
    """What a step is done with: its rows, the body it is about, where the right is asked, and where it is seen."""

    rows: Callable[[Any], QuerySet[Any]]
    body_of: Callable[[Any], Body]
    asked_of: Callable[[Any], Any]
    named: Callable[[Any], str] = str
    home: Callable[[Body], str] = card_of


def all_of(model: Any, *related: str) -> Callable[[Any], QuerySet[Any]]:
    def rows(actor: Any) -> QuerySet[Any]:
        found = model.objects
        return (found.visible_to(actor) if hasattr(found, "visible_to") else found).select_related(*related)

    return rows


BODY = Thing(all_of(Body, "unit", "parent__unit"), lambda row: row, lambda row: row, lambda row: row.name)
#: The right to pair is asked in the community, which the form names.
ANY_BODY = Thing(BODY.rows, BODY.body_of, lambda row: None, BODY.named)
POST = Thing(
    all_of(Post, "body__unit", "body__parent__unit"), lambda row: row.body, lambda row: row.body, lambda row: row.name
)
HOLDING = Thing(
    all_of(OfficeHolding, "account", "post__body__unit", "post__body__parent__unit"),
    lambda row: row.post.body,
    lambda row: row.post.body,
    lambda row: f"{row.post.name} {row.holder}".strip(),
)
DUTY = Thing(all_of(Duty, "body__unit", "body__parent__unit"), lambda row: row.body, lambda row: row.body)
MEMBER = Thing(
    all_of(MembershipOfBody, "member", "whole__unit", "whole__parent__unit"),
    lambda row: row.whole,
    lambda row: row.whole,
    lambda row: row.member.name,
)
PAIRING = Thing(
    all_of(Pairing, "body__unit", "unit"), lambda row: row.body, lambda row: row.unit, lambda row: row.unit.name
)


@dataclass(frozen=True)
class Step:
    """One thing to do: its address, words, form and service, and what the form begins with."""

    url_name: str
    title: Promise
    lede: Promise | str
    button: Promise
    form: type[forms.BodyForm]
    save: Callable[..., Any]
    thing: Thing = BODY
    initial: Callable[[Any], dict[str, Any]] = lambda row: {}
    action: str = ACTION

    def url(self, key: int | str) -> str:
        return reverse(self.url_name, args=[key])

    @property
    def view(self) -> View:
        return page(self)


def page(step: Step) -> View:
    """The view of one step. ``key``: the column and the value by which its address names the thing."""

    @desk(step.action, *FORM)
    def view(request: HttpRequest, **key: Any) -> HttpResponseBase:
        actor = actor_of(request)
        row = get_object_or_404(step.thing.rows(actor), **key)
        may(request, step.action, step.thing.asked_of(row))
        body = step.thing.body_of(row)
        back = step.thing.home(body)
        sent = request.POST if request.method == "POST" else None
        form = step.form(sent, body=body, initial=step.initial(row), actor=actor)
        if form.is_valid() and accepted(form, lambda: _save(step, row, form)):
            return done(request, "desk/form.html", "", {}, to=back, message=str(DONE))
        context: dict[str, Any] = {"title": _title(step, row), "lede": step.lede, "form": form, "button": step.button}
        context |= {"back": back, "chain": territory.chain(body.unit)}
        return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)

    return view


def _title(step: Step, row: Any) -> str:
    return f"{step.title} · {step.thing.named(row)}"


def _save(step: Step, row: Any, form: forms.BodyForm) -> None:
    step.save(row.pk, by=form.actor, at=timezone.now(), **form.facts())


#: What the card of a body offers.
STEPS = (
    Step(
        "desk-body-change",
        _("Change what the body is"),
        _("What it was stays in its history. A body of another kind is another body."),
        _("Change"),
        forms.ChangeForm,
        services.change_body,
        initial=forms.ChangeForm.initial_of,
    ),
    Step(
        "desk-body-register",
        _("Filing and registration"),
        _("A group may be filed and registered, and may cancel both; each step stays in its history."),
        _("Record"),
        forms.RegisterForm,
        services.register_body,
    ),
    Step(
        "desk-post-make",
        _("Establish a post"),
        _("A post has a name, a duty and a number of seats; who holds it is recorded apart, with dates."),
        _("Establish"),
        post_forms.PostForm,
        services.make_post,
    ),
    Step(
        "desk-duty-publish",
        _("Publish a duty"),
        _("A line of the list by which everyone sees who answers for what."),
        _("Publish"),
        post_forms.DutyForm,
        services.publish_duty,
    ),
    Step(
        "desk-body-member",
        _("Let a body belong to this one"),
        _("Departments of a commission, organisations of a federation, the department that guides a committee."),
        _("Record"),
        forms.MemberForm,
        services.admit_member,
    ),
    Step(
        "desk-body-pair",
        _("Pair with a community"),
        _("What was agreed stays as it was written; what came of it is added day by day."),
        _("Pair"),
        forms.PairForm,
        services.pair,
        ANY_BODY,
    ),
    Step(
        "desk-body-liaison",
        _("Name who speaks for it in a unit"),
        _("A name and an office telephone, published for residents. Whoever is named replaces the one before."),
        _("Record"),
        post_forms.LiaisonForm,
        services.name_liaison,
        ANY_BODY,
    ),
    Step(
        "desk-body-figure",
        _("Figure of a year"),
        _("Staff and members are counted, never listed; from 1 to 4 the number is not published."),
        _("Record"),
        forms.FigureForm,
        services.record_figure,
    ),
    Step(
        "desk-body-entry",
        _("Support and supervision"),
        _("Each step is added and none is changed. Of complaints residents read only how many there were."),
        _("Record"),
        forms.EntryForm,
        services.record_entry,
    ),
    Step(
        "desk-body-activity",
        _("Activity"),
        _("What the body did for residents. People who took part are counted, never listed."),
        _("Record"),
        forms.ActivityForm,
        services.record_activity,
    ),
    Step(
        "desk-body-dissolve",
        _("Dissolve the body"),
        _("Its posts, holders, duties, memberships and pairings end on that day. The record stays."),
        _("Dissolve"),
        forms.DissolveForm,
        services.dissolve_body,
    ),
)
#: What the rows on the card offer.
MORE = (
    Step(
        "desk-post-fill",
        _("Fill the post"),
        _("Published posts are published with the name of the holder. No more than the name is recorded."),
        _("Record"),
        post_forms.FillForm,
        services.fill_post,
        POST,
    ),
    Step(
        "desk-post-change",
        _("Change the post"),
        _("Seats that are held can't be taken away."),
        _("Change"),
        post_forms.PostChangeForm,
        services.change_post,
        POST,
        lambda row: {name: getattr(row, name) for name in ("seats", "duty_zh", "duty_en", "is_published")},
    ),
    Step(
        "desk-post-close",
        _("Close the post"),
        _("Whoever holds it leaves it on that day."),
        _("Close"),
        forms.EndForm,
        services.close_post,
        POST,
    ),
    Step(
        "desk-holding-end",
        _("End the holding"),
        _("That the post was held stays as a fact; ten years later the name goes."),
        _("End"),
        forms.EndForm,
        services.end_holding,
        HOLDING,
    ),
    Step(
        "desk-holding-correct",
        _("Put the name right"),
        _("For a slip of the pen only. The misspelled name is not kept."),
        _("Record"),
        post_forms.NameForm,
        services.correct_holder,
        HOLDING,
        lambda row: {"name": row.name},
    ),
    Step(
        "desk-holding-link",
        _("Link an account"),
        _(
            "The person then takes this office along in the own data, and the site keeps apart who decides and who "
            "checks. Leave it empty to take the link back. The account itself is not published."
        ),
        _("Record"),
        post_forms.AccountForm,
        services.link_account,
        HOLDING,
        lambda row: {"account": row.account.username if row.account_id else ""},
    ),
    Step(
        "desk-duty-withdraw",
        _("Withdraw the duty"),
        _("That it stood on the list stays recorded."),
        _("Withdraw"),
        forms.EndForm,
        services.withdraw_duty,
        DUTY,
    ),
    Step(
        "desk-member-end",
        _("End the membership"),
        "",
        _("End"),
        forms.EndForm,
        services.end_membership,
        MEMBER,
    ),
    Step(
        "desk-pairing-end",
        _("End the pairing"),
        _("What was agreed and delivered stays to be read."),
        _("End"),
        forms.EndForm,
        services.unpair,
        PAIRING,
    ),
    Step(
        "desk-pairing-delivery",
        _("Record a delivery"),
        _("What the body did for the community on a day. It is added and never changed."),
        _("Record"),
        forms.DeliveryForm,
        services.record_delivery,
        PAIRING,
    ),
)
VIEWS = {step.url_name: step.view for step in (*STEPS, *MORE)}
