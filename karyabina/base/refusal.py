"""The one kind of "no" that reaches a person."""

from django.utils.functional import Promise


class Refusal(Exception):
    """Something a person asked for and that is not done: nothing was changed.

    The message is a translated sentence, safe to show: what happened, what did not, what to do
    now. Subclasses are named as sentences (`NotEnoughGoods`) and stand beside the action that
    raises them. `status` is the HTTP status of the answer; `field` names the form field that is
    to blame, where there is one; `position` says which of many things sent at once, from 0.
    """

    status = 409
    message: str | Promise = ""
    position: int | None = None

    def __init__(self, message: str | Promise = "", *, field: str | None = None) -> None:
        self.message = message or self.message
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)
