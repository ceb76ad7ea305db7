"""The field in the row that is edited: what may stand there is completed while it is typed."""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.suggester import Suggester

from workbench.ui.keys import control_key
from workbench.ui.widgets.field import Field

if TYPE_CHECKING:
    from workbench.ui.widgets.config_list import ConfigList


class _Offers(Suggester):
    """The first that goes on as it was begun, in whatever letters; after a comma the next begins."""

    def __init__(self, offers: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._offers = offers

    async def get_suggestion(self, value: str) -> str | None:
        before, comma, begun = value.rpartition(",")
        found = completions(self._offers, begun)
        return before + comma + begun + found[0][len(begun) :] if begun and found else None


def completions(offers: tuple[str, ...], begun: str) -> list[str]:
    return [offer for offer in offers if offer.lower().startswith(begun.lower()) and offer != begun]


class ValueField(Field):
    """→ or End takes the completion, Enter the value, Escape leaves it as it was."""

    DEFAULT_CSS = """
    ValueField { layer: edit; }
    ValueField.-textual-compact { height: 1; padding: 0; background: $k-selected; color: $k-text; }
    ValueField > .input--suggestion { color: $k-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        control_key("escape", "cancel", "leave the value as it was", "value.cancel"),
        control_key("up,down", "submit", "take the value", "value.take"),
    ]

    def __init__(self, value: str, offers: tuple[str, ...], *, secret: bool) -> None:
        super().__init__(value)
        self.suggester = _Offers(offers) if offers else None
        self.password = secret
        self.offers = offers

    def _list(self) -> "ConfigList":
        from workbench.ui.widgets.config_list import ConfigList

        return next(node for node in self.ancestors if isinstance(node, ConfigList))

    def watch_value(self, value: str) -> None:
        if self.is_attached and self.has_focus:
            self._list().typed(value)

    def _on_paste(self, event: events.Paste) -> None:
        if "\n" in event.text.strip() or "\r" in event.text.strip():
            event.stop()
            event.prevent_default()
            self._list().paste(event.text)
        else:
            super()._on_paste(event)

    def action_cancel(self) -> None:
        self._list().cancel()

    async def action_submit(self) -> None:
        self.post_message(self.Submitted(self, self.value, None))

    def on_blur(self) -> None:
        if self.is_attached:
            self._list().left()
