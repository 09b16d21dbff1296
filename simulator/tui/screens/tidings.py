"""What the desk tells the room: one message for each thing that was done."""

from __future__ import annotations

from textual.message import Message

from simulator.session import Exchange, Session


class Heard(Message):
    """Bring a piece of what the client says."""

    def __init__(self, reply: str, text: str) -> None:
        self.reply, self.text = reply, text
        super().__init__()


class Taken(Message):
    """Bring the exchange that a reply has led to."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__()


class TakenBack(Message):
    """Bring the exchange that was taken back."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__()


class Ended(Message):
    """Bring the session that has ended."""

    def __init__(self, session: Session) -> None:
        self.session = session
        super().__init__()


class Warmed(Message):
    """Tell that the client's last words have been read."""

    def __init__(self, _: None) -> None:
        super().__init__()
