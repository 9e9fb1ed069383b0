"""Every code of ours has a name of its own in a journal, and can be read back from it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyabina.ledger.journals import names

ODD_UNITS = ("K", "K-", "K--", "KOPI", "KOPI-", "K-OPI", "TRUE", "TRUE-", "NULL", "A" * 23 + "-")


PART = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}", fullmatch=True) | st.sampled_from(
    ("a", "A", "buyer", "Buyer", "BUYER", "Xx-a", "XX-A", "x", "xx", "x5f", "Xx-x5f", "0a", "9")
)
CODE = st.builds(lambda first, part: f"{first}:{part}", st.sampled_from(("store", "outside")), PART)
MAKER = st.builds(
    lambda office, maker, pot: f"premi:{office}:{maker}:{pot}",
    PART, PART, st.sampled_from(("saved", "usable")),
)  # fmt: skip
UNIT = st.from_regex(r"[A-Z][A-Z0-9-]{0,23}", fullmatch=True) | st.sampled_from(ODD_UNITS)
# beancount 3, core/account.py; beancount 2, core/amount.py (the narrower of both).
BEANCOUNT_ACCOUNT = r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+"
BEANCOUNT_UNIT = r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]"


@given(CODE | MAKER)
def test_an_account_can_be_read_back_from_its_name(code: str) -> None:
    name = names.beancount_account(code)
    assert re.fullmatch(BEANCOUNT_ACCOUNT, name)
    assert names.account_of(name) == code


@given(UNIT)
def test_a_unit_can_be_read_back_from_its_name(code: str) -> None:
    name = names.beancount_unit(code)
    assert re.fullmatch(BEANCOUNT_UNIT, name)
    assert name not in {"TRUE", "FALSE", "NULL"}
    assert names.unit_of(name) == code


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("store:KLB", "Assets:Store:KLB"),
        ("premi:KLB:KLB-004:saved", "Assets:Premi:KLB:KLB-004:Saved"),
        ("premi:KLB:a:saved", "Assets:Premi:KLB:Xx-a:Saved"),
        ("owed:NTT", "Liabilities:Owed:NTT"),
        ("difference:GERAI_1", "Equity:Difference:Xx-GERAIx5f1"),
        ("outside:buyer", "Equity:Outside:Buyer"),
    ],
)
def test_names_stay_readable(code: str, name: str) -> None:
    assert names.beancount_account(code) == name


@given(st.text())
def test_escaped_text_looks_like_what_it_is_and_can_be_read_back(text: str) -> None:
    for beside in ("", ";", ",;[]"):
        shown = names.escaped(text, beside)
        assert shown.isprintable()
        assert not set(shown) & set(beside)
        assert shown == shown.strip(" ")
        assert names.unescaped(shown) == text
