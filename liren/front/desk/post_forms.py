"""Forms about the posts of a body: what each is, who holds it since when, and what it has to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.bodies import queries
from liren.foundation.bodies.models import DutyKind, Filled, Post
from liren.front.desk.body_forms import DOCUMENT, AccountField, BodyField, BodyForm
from liren.front.desk.fields import CountField, DayField, LongTextField, TextField, UnitField


class PostForm(BodyForm):
    """A new post."""

    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=120)
    name_en = TextField(label=gettext_lazy("English name"), required=False)
    duty_zh = LongTextField(label=gettext_lazy("What it answers for, in Chinese"), required=False)
    duty_en = LongTextField(label=gettext_lazy("What it answers for, in English"), required=False)
    seats = CountField(label=gettext_lazy("Number of seats"), min_value=1, max_value=500, initial=1)
    filled_by = forms.ChoiceField(label=gettext_lazy("How it is filled"), choices=Filled.choices)
    is_head = forms.BooleanField(label=gettext_lazy("It leads the body"), required=False)
    is_published = forms.BooleanField(
        label=gettext_lazy("The post and the names of its holders are published"), required=False, initial=True
    )
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class PostChangeForm(BodyForm):
    """Seats, duty and publicity of a post."""

    seats = CountField(label=gettext_lazy("Number of seats"), min_value=1, max_value=500)
    duty_zh = LongTextField(label=gettext_lazy("What it answers for, in Chinese"), required=False)
    duty_en = LongTextField(label=gettext_lazy("What it answers for, in English"), required=False)
    is_published = forms.BooleanField(
        label=gettext_lazy("The post and the names of its holders are published"), required=False
    )
    effective_on = DayField(label=gettext_lazy("From"))


class FillForm(BodyForm):
    """Who takes a seat: a name as it is published, or another post."""

    name = TextField(
        label=gettext_lazy("Name as published"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only the name: nothing else about the person is recorded."),
    )
    by_body = BodyField(
        label=gettext_lazy("Or by virtue of the leading post of this body"),
        required=False,
        help_text=gettext_lazy("Number, code or full name of the other body; then no name is entered."),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How it came about"),
        choices=[("", gettext_lazy("as the post is filled")), *Filled.choices],
        required=False,
    )
    account = AccountField(
        help_text=gettext_lazy("May be left empty. The account itself is not published, and can be linked later.")
    )
    sent_by = BodyField(label=gettext_lazy("Body from which a part-time member comes"), required=False)
    effective_on = DayField(label=gettext_lazy("First day in office"))
    until = DayField(label=gettext_lazy("First day no longer in office"), required=False)
    instrument = TextField(label=DOCUMENT, max_length=300)

    def clean_by_body(self) -> Post | None:
        body = self.cleaned_data["by_body"]
        if body is None:
            return None
        post = queries.leading_post(body)
        if post is None:
            raise forms.ValidationError(_("This body has no leading post."))
        return post

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        post = facts.pop("by_body", None)
        return facts | {"by_post_id": post.pk if post else None, "how": "" if post else facts["how"]}


class AccountForm(BodyForm):
    """Which account is the holder's."""

    account = AccountField()


class LiaisonForm(BodyForm):
    """Who speaks for the body, and where."""

    unit = UnitField(label=gettext_lazy("In the unit"))
    name = TextField(label=gettext_lazy("Name as published"), max_length=60)
    telephone = TextField(label=gettext_lazy("Office telephone"), max_length=30, required=False)
    effective_on = DayField(label=gettext_lazy("From"))


class NameForm(BodyForm):
    """The right spelling of a name."""

    name = TextField(label=gettext_lazy("Name as published"), max_length=60)


class DutyForm(BodyForm):
    """A line of the published list of duties."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=DutyKind.choices)
    post = forms.ModelChoiceField(
        label=gettext_lazy("Post"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=gettext_lazy("the body as a whole"),
    )
    text_zh = LongTextField(label=gettext_lazy("Chinese text"))
    text_en = LongTextField(label=gettext_lazy("English text"), required=False)
    basis = TextField(
        label=gettext_lazy("Provision it rests on"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example chengdu/opinion-2017#20; it must be in the library."),
    )
    instrument = TextField(
        label=gettext_lazy("Other document it rests on, in words"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only where the library does not hold the document."),
    )
    effective_on = DayField(label=gettext_lazy("Published from"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        posts = Post.objects.filter(body=self.body, during__upper_inf=True).order_by("-is_head", "id")
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]  # a ModelChoiceField
