"""What signing up asks for besides user name and password. allauth builds its forms on this class."""

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignupFields(forms.Form):
    display_name = forms.CharField(
        label=_("Name shown to others"),
        max_length=40,
        help_text=_("This need not be your legal name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ("username", "display_name", "phone", "password1", "password2")

    def signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Required by allauth; the adapter has stored the name already, in the same INSERT."""
