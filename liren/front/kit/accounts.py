"""The forms of signing in and up in our own words: nothing that repeats a label, one plain help text."""

from typing import Any

from allauth.account import app_settings, forms
from django.utils.translation import gettext as _


class _Plain:
    """Words that stand inside an empty field vanish when one types; labels stay."""

    fields: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _(
                "At least 10 characters, not digits alone, not your name, and nothing that many people use."
            )


class LoginForm(_Plain, forms.LoginForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        by_phone = app_settings.LoginMethod.PHONE in app_settings.LOGIN_METHODS
        self.fields["login"].label = _("User name or telephone number") if by_phone else _("User name")


class SignupForm(_Plain, forms.SignupForm):
    pass


class ChangePasswordForm(_Plain, forms.ChangePasswordForm):
    pass


class SetPasswordForm(_Plain, forms.SetPasswordForm):
    pass
