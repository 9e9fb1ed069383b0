"""Words, numbers and signs for templates. A builtin of every template: no `{% load %}`."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from itertools import count
from typing import Any, cast
from uuid import UUID

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from karyabina.base import band as woven
from karyabina.base import icons, money, times
from karyabina.base.keys import new_key

register = template.Library()

STATES = {  # kind of a badge or notice → its sign; never colour alone
    "right": "check",
    "warning": "warn",
    "wrong": "wrong",
    "info": "info",
    "wait": "wait",
}


# --- numbers -------------------------------------------------------------------------------------
@register.filter
def rupiah(amount: int | None) -> str:
    """Rp 12.450; −Rp 5.000; nothing for None."""
    return "" if amount is None else money.rupiah_text(int(amount))


@register.filter
def number(value: int | None) -> str:
    """12.450; nothing for None."""
    return "" if value is None else money.number_text(int(value))


@register.filter
def quantity(value: int | None, measure: str = "piece") -> str:
    """12 buah, 1.250 g, 500 ml: with the unit that the product is counted in.

    `measure` is the product's own word: piece, gram or millilitre (or their short forms).
    """
    if value is None:
        return ""
    text = money.number_text(int(value))
    match str(measure):
        case "gram" | "g":
            return f"{text} g"
        case "millilitre" | "ml":
            return f"{text} ml"
        case "piece" | "pieces" | "pcs" | "buah":
            pieces = ngettext("%(number)s buah", "%(number)s buah", abs(int(value)))
            return pieces % {"number": text}
        case other:
            return f"{text} {other}"


# --- days and clocks -----------------------------------------------------------------------------
@register.filter
def local(at: datetime, zone: str | tzinfo = "") -> datetime:
    """The instant on the office's clock: `{{ at|local:office.time_zone }}`."""
    return times.local(at, zone)


def _day(text: Callable[[date | datetime], str], value: date | datetime | None, zone: str) -> str:
    if value is None or value == "":
        return ""
    return text(times.local(value, zone) if isinstance(value, datetime) else value)


@register.filter
def day(value: date | datetime | None, zone: str = "") -> str:
    """29 Oktober 2025; of an instant, the day in that zone."""
    return _day(times.day_text, value, zone)


@register.filter
def weekday(value: date | datetime | None, zone: str = "") -> str:
    """Rabu, 29 Oktober 2025."""
    return _day(times.weekday_text, value, zone)


@register.filter
def clock(at: datetime | None, zone: str = "") -> str:
    """14.05 WITA."""
    return times.clock_text(at, zone) if at else ""


@register.filter
def moment(at: datetime | None, zone: str = "") -> str:
    """29 Oktober 2025 14.05 WITA."""
    return times.moment_text(at, zone) if at else ""


@register.simple_tag
def when(at: datetime | None, zone: str = "") -> str:
    """The moment as a `<time>` element, readable by machines too."""
    if at is None:
        return ""
    there = times.local(at, zone)
    return format_html(
        '<time datetime="{}">{}</time>',
        there.isoformat(timespec="seconds"),
        times.moment_text(at, zone),
    )


# --- signs and ornaments -------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def band(context: Context, code: str) -> SafeString:
    """The woven edge of this office."""
    drawn: dict[Any, Any] = context.render_context.dicts[0]
    number = next(drawn.setdefault("bands drawn", count(1)))
    return woven.svg(str(code), identifier=f"pita-{number}")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign or a kind of goods, drawn inline; silent to screen readers unless it has a label."""
    name = str(name)
    if name in icons.SIGNS:
        box, drawing, kind = 24, icons.SIGNS[name], "icon"
    elif name in icons.KINDS:
        box, drawing, kind = 64, icons.KINDS[name], "kind"
    else:
        raise template.TemplateSyntaxError(f"no drawing is called {name!r}: see base/icons.py")
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" focusable="false" {}>{}</svg>',
        kind,
        box,
        box,
        spoken,
        mark_safe(drawing),
    )


@register.simple_tag
def badge(kind: str, text: str) -> SafeString:
    """A state in a word with its sign: right, warning, wrong, info or wait."""
    sign = icon(STATES[kind]) if kind in STATES else ""
    return format_html('<span class="badge {}">{}{}</span>', kind, sign, text)


@register.filter
def notice_kind(level: str) -> str:
    """The kind of notice for a level of django.contrib.messages."""
    return {"success": "right", "warning": "warning", "error": "wrong"}.get(level, "info")


@register.filter
def sign_of(kind: str) -> str:
    return STATES.get(kind, "info")


@register.simple_tag
def key_field(given: UUID | str = "") -> SafeString:
    """The hidden key that makes a double click one act; fresh unless one is given."""
    return format_html('<input type="hidden" name="key" value="{}">', given or new_key())


# --- building pages ------------------------------------------------------------------------------
class Around(template.Node):
    def __init__(self, name: FilterExpression, inside: NodeList) -> None:
        self.name, self.inside = name, inside

    def render(self, context: Context) -> SafeString:
        inside = self.inside.render(context)
        if not inside.strip():
            return mark_safe("")
        name = self.name.resolve(context)
        frame = cast("template.Template", context.template).engine.get_template(name)
        with context.push(inside=inside):
            return frame.render(context)


@register.tag
def around(parser: Parser, token: Token) -> Around:
    """Render what stands inside within a frame; draw nothing when it is empty.

    `{% around "base/around/lead.html" %}{% block lead %}{% endblock %}{% endaround %}`
    """
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError("around takes the name of one template")
    inside = parser.parse(("endaround",))
    parser.delete_first_token()
    return Around(parser.compile_filter(words[1]), inside)


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: object) -> str:
    """This page's query string with some values changed; None or nothing drops one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
