"""Reading a page and naming its address."""

import re
from typing import Any

from karyabina.till.models import Shift


def page(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def url(shift: Shift, rest: str = "") -> str:
    return f"/kasir/{shift.code}/{rest}"
