"""An entry's whole story."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from karyabina.ledger import queries as books
from karyabina.ledger import rows
from karyabina.ledger.explaining import abouts_of, documents_of
from karyabina.ledger.naming import kind_title
from karyabina.ledger.queries import sight
from karyabina.ledger.views.seeing import sight_of
from karyabina.staff.access import may


@may("ledger.see")
@require_safe
def entry(request: HttpRequest, key: UUID) -> HttpResponse:
    """What happened, when, by whom, what moved, what it undoes or what undid it, and its paper."""
    seeing = sight_of(request)
    story = books.story_for(key, seeing)
    if story is None:
        raise Http404
    codes = [code for line in story.lines for code in (line.source, line.target)]
    units = {line.unit for line in story.lines}
    lots = frozenset(sight.units_seen(seeing).filter(code__in=units).values_list("code", flat=True))
    document = documents_of([story.entry]).get(key)
    context = {
        "story": story,
        "entry": story.entry,
        "title": kind_title(story.entry.kind),
        "moves": list(
            rows.move_rows(story.lines, abouts_of(units), sight.seen_codes(codes, seeing), lots)
        ),
        "reverses": story.entry.reverses,
        "document": document,
        "document_open": document is not None
        and document.permission in request.permissions
        and request.reach(document.permission).filter(code__in=document.offices).exists(),
    }
    return render(request, "ledger/entry.html", context)
