from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from karyabina.base.middleware import LanguageMiddleware, RefusalMiddleware


def answered(**cookies: str) -> tuple[str, HttpResponse]:
    said: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        said.append(translation.get_language() or "")
        return HttpResponse()

    request = RequestFactory().get("/", headers={"Accept-Language": "en-US,en"})
    request.COOKIES.update(cookies)
    with translation.override("id"):
        response = LanguageMiddleware(view)(request)
    return said[0], response


def test_the_service_speaks_indonesian_whatever_the_phone_says() -> None:
    language, response = answered()
    assert language == "id"
    assert response["Content-Language"] == "id"


def test_a_chosen_language_is_kept_and_a_nonsense_one_ignored() -> None:
    assert answered(bahasa="en")[0] == "en"
    assert answered(bahasa="../../etc")[0] == "id"


def test_what_is_no_refusal_stays_an_error() -> None:
    guard = RefusalMiddleware(lambda request: HttpResponse())
    assert guard.process_exception(RequestFactory().get("/"), ValueError("x")) is None
