"""Template tags that every form and page may need."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liren.foundation.kernel import idempotency

register = template.Library()


@register.simple_tag(takes_context=True)
def idempotency_key(context: Context) -> SafeString:
    """The hidden field that makes a repeated form harmless. Stands in every form that posts to our own pages."""
    user: Any = getattr(context.get("request"), "user", None)
    return format_html('<input type="hidden" name="{}" value="{}">', idempotency.FIELD, idempotency.new_token(user))
