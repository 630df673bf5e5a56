"""Who is told how a connection fares: notes what it hears."""


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def pause(self) -> None:
        self.heard.append("pause")

    def resume(self) -> None:
        self.heard.append("resume")

    def lose(self) -> None:
        self.heard.append("lose")
