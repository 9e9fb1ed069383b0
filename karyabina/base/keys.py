"""Keys of facts: UUIDv7, made by whoever records the fact (RFC 9562, section 5.7)."""

from uuid import UUID

import uuid_utils.compat


def new_key() -> UUID:
    """A fresh key; keys made later sort later, which keeps index pages together."""
    return uuid_utils.compat.uuid7()
