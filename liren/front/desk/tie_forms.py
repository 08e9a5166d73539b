"""Forms about what ties bodies and deputies to a unit: extended authority, strands of work, receptions of residents."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from liren.foundation.bodies.models import DelegateKind, Line, Power, Topic
from liren.foundation.territory.models import Level
from liren.front.desk.body_forms import DOCUMENT, BodyField, BodyForm
from liren.front.desk.fields import CountField, DayField, LongTextField, TextField

#: A congress or conference stands at a level from province to community.
LEVELS = [(level.value, level.label) for level in Level if level <= Level.COMMUNITY]


class AuthorityForm(BodyForm):
    """Which authority is extended to a street or town, by whom and by which document."""

    power = forms.ChoiceField(label=gettext_lazy("Authority"), choices=Power.choices)
    detail = TextField(
        label=gettext_lazy("What it covers"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Needed where the authority is none of the list."),
    )
    from_body = BodyField(label=gettext_lazy("Department whose authority it was"), required=False)
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class StrandForm(BodyForm):
    """Which body leads one of the five strands."""

    line = forms.ChoiceField(label=gettext_lazy("Strand of work"), choices=Line.choices)
    lead = BodyField(label=gettext_lazy("Body that leads it"))
    effective_on = DayField(label=gettext_lazy("From"))


class ArrangementForm(BodyForm):
    """Who receives residents, when and where."""

    kind = forms.ChoiceField(label=gettext_lazy("Office"), choices=DelegateKind.choices)
    level = forms.TypedChoiceField(
        label=gettext_lazy("Level of the congress or conference"), choices=LEVELS, coerce=int, initial=Level.DISTRICT
    )
    name = TextField(
        label=gettext_lazy("Name as published"),
        max_length=60,
        help_text=gettext_lazy("Only the name: nothing else about the person is recorded."),
    )
    times = TextField(
        label=gettext_lazy("When residents are received"),
        help_text=gettext_lazy("For example: the 5th of each month, 9:00 to 11:00."),
    )
    where = TextField(label=gettext_lazy("Where residents are received"))
    effective_on = DayField(label=gettext_lazy("From"))
    instrument = TextField(label=DOCUMENT, max_length=300)


class ReceptionForm(BodyForm):
    """What was raised on a day, and what came of it."""

    held_on = DayField(label=gettext_lazy("Received on"))
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices)
    times_raised = CountField(label=gettext_lazy("How often it was raised"), min_value=1, max_value=1000, initial=1)
    outcome = LongTextField(
        label=gettext_lazy("What came of it"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Published. About the matter; no names of residents."),
    )
