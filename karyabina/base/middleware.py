"""A refusal that no view caught becomes a page, a fragment or a problem document."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from karyabina.base import views
from karyabina.base.refusal import Refusal


class RefusalMiddleware:
    """Answers an uncaught Refusal with its own status and its own sentence.

    A Refusal is raised before anything is changed or inside an atomic block that it rolls back,
    so the page may say that nothing was recorded. Anything else stays an error.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return views.refused(request, exception)
        return None
