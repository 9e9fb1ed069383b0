"""The same key again is the same entry: what a request's fingerprint is, and who has it already."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from karyabina.base.refusal import Refusal
from karyabina.ledger.models import Entry


class KeyReused(Refusal):
    """The same key came again with another content: nothing is written, a person must look."""

    message = _(
        "Kunci ini sudah dipakai untuk catatan lain. Tidak ada yang dicatat; muat ulang halaman"
        " dan periksa apakah catatan Anda sudah masuk."
    )


def _plain(value: object) -> Any:
    """`value` as JSON can hold it without loss; floats and unknown things are mistakes."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time in a request needs its zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("names in a request are text")
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    raise TypeError(f"a request cannot hold {type(value).__name__}: {value!r}")


def digest_of(kind: str, request: Mapping[str, object]) -> str:
    """SHA-256 (hex) of what the recorder asked for: canonical JSON, names sorted, no floats.

    Taken before anything is chosen or looked up, so that the same request has the same digest
    whatever has changed since."""
    text = json.dumps(
        {"kind": kind, "request": _plain(request)},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same_entry(entry: Entry, digest: str) -> Entry:
    """`entry`, which has the key that came again; refuses another content (KeyReused)."""
    if entry.digest != digest:
        raise KeyReused
    return entry


def find(key: UUID, kind: str, request: Mapping[str, object]) -> Entry | None:
    """The entry that already has this key, or None. Every action looks here before it validates.

    Refuses: KeyReused, where the key stands for another request."""
    entry = Entry.objects.filter(pk=key).first()
    return None if entry is None else same_entry(entry, digest_of(kind, request))
