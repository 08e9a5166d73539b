"""How allauth meets our accounts: telephone numbers sealed, nothing kept from other houses, no e-mail anywhere.

Settings this room needs (``liren/config/settings.py`` has them all):

* AUTH_USER_MODEL "people.Account"; AUTHENTICATION_BACKENDS allauth's alone; PASSWORD_HASHERS Argon2 first.
* ACCOUNT_ADAPTER, MFA_ADAPTER, SOCIALACCOUNT_ADAPTER: the three classes below; ACCOUNT_SIGNUP_FORM_CLASS
  "liren.foundation.people.signup.SignupFields"; ACCOUNT_USER_MODEL_EMAIL_FIELD None; ACCOUNT_EMAIL_VERIFICATION "none".
* ACCOUNT_LOGIN_METHODS with "phone", and "phone" among ACCOUNT_SIGNUP_FIELDS, only when LIREN_SMS names a gateway.
* MFA_SUPPORTED_TYPES totp, webauthn, recovery_codes; SOCIALACCOUNT_STORE_TOKENS False; SOCIALACCOUNT_AUTO_SIGNUP False.
* INSTALLED_APPS: allauth, allauth.account, .mfa, .usersessions, .socialaccount with openid_connect and weixin.
* MIDDLEWARE: allauth.account.middleware.AccountMiddleware, then liren.foundation.people.middleware.SecondFactor.
* CACHES: a cache that all workers share (throttling, and each TOTP code once); a database-backed session engine.
* LIREN_DATA_KEY, LIREN_DATA_KEYS_OLD, LIREN_LOOKUP_KEY, LIREN_CIPHER, LIREN_SMS: see ``keys`` and ``sms``.
"""

import base64
import unicodedata
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.people import keys, normal, services, sms
from liren.foundation.people.cipher import SealBroken
from liren.foundation.people.models import Account, Language
from liren.foundation.people.models.account import ERASED


class MobileField(PhoneField):
    """Takes a Chinese number without its country as well as any number with one; gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"validators": []})

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text:
            return str(super().clean(text))
        return mobile(text)


def mobile(text: str) -> str:
    """A number that can receive a code; ValidationError otherwise."""
    try:
        number = normal.phone(text)
    except BadInput as wrong:
        raise ValidationError(wrong.message, code="invalid_phone") from None
    if not normal.is_mobile(number):
        raise ValidationError(_("This number can't receive text messages."), code="invalid_phone")
    return number


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by user name and password; a verified telephone number signs in as well where text messages exist."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Small letters, one Unicode form; names that mark an erased account can't be taken."""
        name = unicodedata.normalize("NFKC", username).strip().lower()
        if name.startswith(ERASED):
            raise self.validation_error("username_blacklisted")
        return str(super().clean_username(name, shallow))

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True) -> Account:
        """Store a new account with the name shown and the language of the page, and say so in the audit log."""
        user.display_name = form.cleaned_data.get("display_name") or form.cleaned_data["username"]
        user.language = Language.EN if (get_language() or "").startswith("en") else Language.ZH
        super().save_user(request, user, form, commit)
        if commit:
            audit.record("people.register", user, by=user, at=timezone.now())
        return user

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever holds an office begins at the desk; a page that was asked for before signing in comes first."""
        user: Any = request.user
        return str(resolve_url(settings.LIREN_DESK_URL if user.holds_office else settings.LOGIN_REDIRECT_URL))

    def populate_username(self, request: HttpRequest, user: Account) -> None:
        super().populate_username(request, user)
        user.display_name = user.display_name or user.username

    def clean_email(self, email: str) -> str:
        """Pages of allauth that would take an e-mail address answer with the next step instead."""
        raise ValidationError(_("Liren sends no e-mail. If you can't sign in, ask at your community office."))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No e-mail leaves from here, whatever page of allauth asks for one."""

    # --- Throttling: one person, one counter, however the name is spelled and whichever host is asked.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        typed = str(credentials.get("phone") or credentials.get("username") or "")
        try:
            return normal.phone(typed)
        except BadInput:
            return unicodedata.normalize("NFKC", typed).strip().lower()

    # --- Telephone numbers: sealed, found by blind index, signing in only once verified.

    def phone_form_field(self, **kwargs: Any) -> MobileField:
        return MobileField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        return mobile(phone)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        return services.phone_of(user)

    def set_phone(self, user: Account, phone: str, verified: bool) -> None:
        services.set_contact(user.pk, kind="phone", value=phone, verified=verified, by=user, at=timezone.now())

    def set_phone_verified(self, user: Account, phone: str) -> None:
        services.set_contact(user.pk, kind="phone", value=phone, verified=True, by=user, at=timezone.now())

    def get_user_by_phone(self, phone: str) -> Account | None:
        return services.account_by_phone(phone)

    def send_verification_code_sms(self, user: Account, phone: str, code: str, **kwargs: Any) -> None:
        text = _("Your code for Liren is %(code)s. It is valid for 15 minutes. Tell it to nobody.")
        sms.gateway().send(phone, text % {"code": code})

    def send_account_already_exists_sms(self, phone: str) -> None:
        sms.gateway().send(phone, _("Somebody tried to open a second account with this number. Sign in instead."))


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed like contact data; whoever holds an office can't drop the last one."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. Type the one that the app shows now."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(keys.ring().seal(text, keys.secret_place())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return keys.ring().open(base64.b64decode(encrypted_text), keys.secret_place())
        except ValueError:
            raise SealBroken("This secret was not sealed here.") from None

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last factor of an account whose role requires one stays."""
        others = type(authenticator).objects.filter(user_id=authenticator.user_id, type__in=("totp", "webauthn"))
        return others.exclude(pk=authenticator.pk).exists() or not authenticator.user.needs_second_factor


class SocialAdapter(DefaultSocialAccountAdapter):
    """Another house proves who signs in; nothing else of what it says is kept."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Account:
        """Called before anything is looked up or stored: drop profile, e-mail addresses, telephone and token."""
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        sociallogin.phone, sociallogin.phone_verified = None, False
        user: Account = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The token comes after the profile: drop it too, before anything waits in the session."""
        sociallogin.token = None

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """People choose their own user name and the name shown."""
        return False

    def save_user(self, request: HttpRequest, sociallogin: Any, form: BaseForm | None = None) -> Account:
        """As for any new account, with no password of ours."""
        with transaction.atomic():
            user: Account = super().save_user(request, sociallogin, form)
        return user

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """The sign-in service that the operator set up; where there is none, its pages don't exist (404)."""
        if not self.list_apps(request, provider=provider, client_id=client_id):
            raise Http404
        return super().get_app(request, provider, client_id=client_id)

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        """Without a password the last connection is the only way in: it stays."""
        if len(accounts) == 1 and not account.user.has_usable_password():
            raise self.validation_error("no_password")
