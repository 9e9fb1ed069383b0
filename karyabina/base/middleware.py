"""The language that a person chose; what becomes of a refusal that no view caught; and of a form's
address that is opened without its form."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from karyabina.base import views
from karyabina.base.refusal import Refusal


class LanguageMiddleware(LocaleMiddleware):
    """Indonesian, unless this browser chose otherwise with the switch in the footer.

    The browser's Accept-Language is not asked: many phones in the service are set to English
    while their owners work in Indonesian, and papers must not change with the phone.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ("Cookie",))
        return response


class RefusalMiddleware:
    """Answers an uncaught Refusal with its own status and its own sentence.

    A Refusal is raised before anything is changed or inside an atomic block that it rolls back,
    so the page may say that nothing was recorded. Anything else stays an error. An address with
    a NUL in it, which PostgreSQL takes in no text, is answered before any view asks with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return views.wrong_method(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]
    ) -> HttpResponse | None:
        asked = [*map(str, kwargs.values()), *request.GET, *request.GET.values()]
        return views.bad_request(request) if any("\0" in text for text in asked) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return views.refused(request, exception)
        return None
