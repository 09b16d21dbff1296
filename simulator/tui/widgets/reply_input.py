"""Where the trainee writes: a few lines that grow, sent with Enter."""

from __future__ import annotations

from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea


class ReplyInput(TextArea):
    """Take a reply; Enter sends it, Shift+Enter or ^J begins a new line."""

    NEW_LINE = ("shift+enter", "ctrl+j", "alt+enter")

    class Sent(Message):
        """Tell that Enter was pressed, and what had been typed then."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self) -> None:
        super().__init__(
            id="reply",
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder="Your reply…",
        )
        self.cursor_blink = False

    async def _on_key(self, event: Key) -> None:
        """Send on Enter, before the text area makes a new line of it."""
        # Both are taken here rather than as bindings, which would come after letters that are typed fast.
        if event.key == "enter" or event.key in self.NEW_LINE:
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self.post_message(self.Sent(self.text))
            elif not self.read_only:
                self.insert("\n")
            return
        await super()._on_key(event)

    async def _on_paste(self, event: Paste) -> None:
        """Take what is pasted, with one kind of line break."""
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        await super()._on_paste(event)

    def hold(self, held: bool) -> None:
        """Keep the text as it is while a reply is being taken."""
        self.read_only = held
        self.set_class(held, "-held")

    def put(self, text: str) -> None:
        """Put a text in, with the cursor at its end and nothing to undo."""
        self.load_text(text)
        self.move_cursor(self.document.end)
