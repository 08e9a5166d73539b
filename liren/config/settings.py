"""All settings, from the environment, safe by default. Each variable is explained in docs/reference/settings.md.

Production needs LIREN_SECRET_KEY, LIREN_DATA_KEY, LIREN_LOOKUP_KEY and LIREN_HOSTS; without them Liren does not start.
LIREN_LOCAL=1 (set by ``liren serve`` on a loopback address) drops what only makes sense behind HTTPS.
"""

import logging
import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from liren.config import env
from liren.config.databases import databases
from liren.foundation.people.providers import providers

ROOT = Path(__file__).resolve().parents[1]

# --- Mode ---------------------------------------------------------------------------------------------------------
LOCAL = env.flag("LIREN_LOCAL")
LIREN_DEMO = DEMO = env.flag("LIREN_DEMO")
DEBUG = env.flag("LIREN_DEBUG") and LOCAL
SECRET_KEY = env.text("LIREN_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("LIREN_SECRET_KEYS_OLD")
ALLOWED_HOSTS = env.words("LIREN_HOSTS", "localhost,127.0.0.1,[::1]" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = env.words("LIREN_ORIGINS")

# --- Contact data in the column (foundation/people) ---------------------------------------------------------------
LIREN_DATA_KEY = env.text("LIREN_DATA_KEY")
LIREN_DATA_KEYS_OLD = env.text("LIREN_DATA_KEYS_OLD", "")
LIREN_LOOKUP_KEY = env.text("LIREN_LOOKUP_KEY")
LIREN_CIPHER = env.text("LIREN_CIPHER", "AES-256-GCM")
LIREN_SIMULATED = DEMO
LIREN_OIDC_HOSTS = env.words("LIREN_OIDC_HOSTS")
LIREN_SMS = env.text("LIREN_SMS", "console" if DEMO else "")
# Pages that take a table of 300,000 lines.
LIREN_LARGE_UPLOADS = r"/(en/)?desk/((registers/[^/]+|bodies|catalogue)/import|gate/table)/"

# --- How much may be sent: per network and per account, in an hour and in a day; 0: as the packs say -----------------
LIREN_REPORTS_OF_NETWORK = (env.number("LIREN_NETWORK_HOUR", 0), env.number("LIREN_NETWORK_DAY", 0))
LIREN_REPORTS_OF_ACCOUNT = (env.number("LIREN_ACCOUNT_HOUR", 0), env.number("LIREN_ACCOUNT_DAY", 0))
LIREN_HOTLINE = env.text("LIREN_HOTLINE", "12345")
LIREN_BEHIND_PROXY = env.flag("LIREN_BEHIND_PROXY")

# --- What is asked most often is planned once for each connection; not behind a pooler that changes it ---------------
LIREN_DB_PREPARES = env.flag("LIREN_DB_PREPARES", True)

# --- What it is made of -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "liren.front.kit",
    "liren.front.portal",
    "liren.front.desk",
    "liren.front.api",
    "liren.front.demo",
    "liren.service.cases",
    "liren.development.lifecircle",
    "liren.foundation.registers",
    "liren.foundation.admission",
    "liren.foundation.bodies",
    "liren.foundation.people",
    "liren.foundation.territory",
    "liren.foundation.policy",
    "liren.foundation.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "template_partials",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "liren.foundation.kernel.middleware.InputGuard",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liren.front.kit.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "liren.foundation.kernel.middleware.ErrorPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liren.foundation.people.middleware.SecondFactor",
    "liren.foundation.kernel.middleware.Idempotency",
]
ROOT_URLCONF = "liren.config.urls"
FORM_RENDERER = "liren.front.kit.forms.Renderer"
WSGI_APPLICATION = "liren.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "front" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liren.front.kit.context.page",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------
DATABASES = databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# It counts failed sign-ins. With Django's 300 entries a crowd of others would push a counter out; a job empties it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- Languages and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- Static files -------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.text("LIREN_STATIC", str(ROOT / "collected"))
STATICFILES_DIRS = [ROOT / "front" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = LOCAL

# --- Safety -------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LIREN_BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE, SESSION_COOKIE_AGE = "liren.front.kit.sessions", 12 * 3600
CSRF_FAILURE_VIEW = "liren.foundation.kernel.pages.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]


# --- Logs go to standard error; the platform that runs Liren keeps them ----------------------------------------------
def without_traceback(record: logging.LogRecord) -> bool:
    """A request that was refused as forged or oversized gets one line: any stranger can send thousands of them."""
    if record.name.startswith("django.security."):
        record.exc_info = None
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"one line": {"()": "django.utils.log.CallbackFilter", "callback": without_traceback}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one line"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LIREN_LOG", "WARNING")},
}

# --- Accounts: django-allauth on foundation/people -------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "home", "home"
#: Open311 says how refusals are written, also of addresses that are none.
LIREN_REFUSALS = {r"/(?:[a-z]{2}/)?open311/.": "liren.front.open311.replies.refused_at"}
LIREN_DESK_PREFIX, LIREN_DESK_URL = "desk/", "desk"
ACCOUNT_ADAPTER = "liren.foundation.people.allauth.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "liren.front.kit.accounts.LoginForm",
    "signup": "liren.front.kit.accounts.SignupForm",
    "change_password": "liren.front.kit.accounts.ChangePasswordForm",
    "set_password": "liren.front.kit.accounts.SetPasswordForm",
}
ACCOUNT_SIGNUP_FORM_CLASS = "liren.foundation.people.signup.SignupFields"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_BLACKLIST = ["admin", "root", "system", "liren", "anonymous"]
ACCOUNT_LOGIN_METHODS = {"username", "phone"} if LIREN_SMS else {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", *(["phone"] if LIREN_SMS else []), "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A code of six figures may be tried three times; ten codes a day leave a guesser one chance in 30,000, and a
# stranger's telephone in peace.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",
    "request_login_code": "10/m/ip,3/15m/key,10/d/key",
    "verify_phone": "1/30s/key,3/m/ip,10/d/key",
}
ACCOUNT_PHONE_VERIFICATION_ENABLED = bool(LIREN_SMS)
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = bool(LIREN_SMS)
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = int(LIREN_BEHIND_PROXY)
MFA_FORMS = {
    "authenticate": "liren.front.kit.second_factor.AuthenticateForm",
    "reauthenticate": "liren.front.kit.second_factor.ReauthenticateForm",
    "activate_totp": "liren.front.kit.second_factor.ActivateTOTPForm",
    "add_webauthn": "liren.front.kit.second_factor.AddWebAuthnForm",
}
MFA_ADAPTER = "liren.foundation.people.allauth.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "里仁 Liren"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
SOCIALACCOUNT_ADAPTER = "liren.foundation.people.allauth.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_PROVIDERS = providers(dict(os.environ))
USERSESSIONS_TRACK_ACTIVITY = False
