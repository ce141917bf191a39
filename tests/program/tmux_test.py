#!/usr/bin/python3
"""Duet in a real terminal emulator: tmux is what the person looks at and types into."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.actor import Actor  # noqa: E402
from lib.failure import Failed, Skipped  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
PROMPT = "Message >> "


class Tmux(Actor):
    """A tmux server of its own with one window, in which one program runs."""

    def __init__(self, stage: Stage, command: str, columns: int = 80, rows: int = 20,
                 locale: str = "C.UTF-8") -> None:
        super().__init__("tmux")
        self.socket = str(stage.folder / "tmux")
        self.wait = stage.wait
        stage.actors.append(self)
        # The shell outlives duet, so that its last words and its code can be read.
        script = f"trap : INT; {command}; echo code=$?; exec cat"
        self.ask("new-session", "-d", "-x", str(columns), "-y", str(rows),
                 "env", "-u", "LC_ALL", f"LANG={locale}", "sh", "-c", script)
        self.ask("set-option", "-g", "status", "off")
        self.ask("set-option", "-g", "window-size", "manual")

    def ask(self, *words: str) -> str:
        """Runs a tmux command at our own server."""
        command = ["tmux", "-S", self.socket, "-f", "/dev/null", "-u", *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise Skipped("there is no tmux here") from error
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def type(self, text: str) -> None:
        """Letters, as a keyboard or an input method gives them."""
        self.record("in", text.encode())
        self.ask("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Keys by their tmux names: Enter, Up, C-c, BSpace."""
        self.record("in", f"({' '.join(keys)})".encode())
        self.ask("send-keys", *keys)

    def rows(self) -> list[str]:
        """The screen's rows without the blanks at their ends."""
        return [row.rstrip() for row in self.ask("capture-pane", "-p").split("\n")]

    def resize(self, columns: int, rows: int) -> None:
        """The window gets another size."""
        self.record("in", f"(resize {columns}x{rows})".encode())
        self.ask("resize-window", "-x", str(columns), "-y", str(rows))

    def shows(self, *wanted: str) -> None:
        """Waits until these rows stand one below the other, exactly."""
        rows = [row.rstrip() for row in wanted]

        def are_there() -> bool:
            screen = self.rows()
            return any(screen[at:at + len(rows)] == rows for at in range(len(screen)))

        self.wait(f"the screen shows {wanted}", are_there)

    def ends_with(self, *wanted: str) -> None:
        """Waits until the screen's last rows that are not empty are exactly these."""
        rows = [row.rstrip() for row in wanted]

        def are_last() -> bool:
            screen = self.rows()
            while screen and not screen[-1]:
                screen.pop()
            return screen[-len(rows):] == rows

        self.wait(f"the screen ends with {wanted}", are_last)

    def cursor(self) -> tuple[int, int]:
        """Column and row."""
        column, row = self.ask("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def cursor_stands_at(self, column: int) -> None:
        """Waits until the cursor is in this column."""
        self.wait(f"the cursor stands at column {column}", lambda: self.cursor()[0] == column)

    def transcript(self) -> str:
        screen = self.last_screen if hasattr(self, "last_screen") else "(gone)"
        return super().transcript() + f"\n    the screen at the end:\n{screen}"

    def close(self) -> None:
        try:
            self.last_screen = self.ask("capture-pane", "-p")
            self.ask("kill-server")
        except Failed:
            pass  # It is gone already.


def call(stage: Stage, server: Actor, **how: object) -> Tmux:
    """`duet call` in a tmux."""
    command = f"{stage.programs}/duet call --plain {stage.address_of(server)}"
    return Tmux(stage, command, **how)  # type: ignore[arg-type]


@scenes.scene
def the_prompt_stands_after_each_line(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    tmux.cursor_stands_at(len(PROMPT))
    server.answers()
    server.send("안녕하세요\n".encode())
    tmux.ends_with("From Server: 안녕하세요", PROMPT)
    tmux.cursor_stands_at(len(PROMPT))
    tmux.type("hello")
    tmux.press("Enter")
    server.hears("hello")
    tmux.ends_with("From Server: 안녕하세요", PROMPT + "hello", PROMPT)
    server.send(b"one\ntwo\n")
    tmux.ends_with(PROMPT + "hello", "From Server: one", "From Server: two", PROMPT)


@scenes.scene
def incoming_text_leaves_half_typed_hangul_intact(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.type("안녕하")
    tmux.ends_with(PROMPT + "안녕하")
    tmux.cursor_stands_at(len(PROMPT) + 6)
    server.send("지금 있어요?\n".encode())
    tmux.ends_with("From Server: 지금 있어요?", PROMPT + "안녕하")
    tmux.cursor_stands_at(len(PROMPT) + 6)
    tmux.type("세요")
    server.send(b"?\n")
    tmux.ends_with("From Server: ?", PROMPT + "안녕하세요")
    tmux.press("BSpace")
    tmux.ends_with(PROMPT + "안녕하세")
    tmux.cursor_stands_at(len(PROMPT) + 8)
    tmux.type("세요")
    tmux.press("Left", "Left", "BSpace")
    tmux.ends_with(PROMPT + "안녕하세요")
    tmux.press("Enter")
    server.hears("안녕하세요")
    tmux.ends_with(PROMPT)


@scenes.scene
def a_line_longer_than_the_window_survives_incoming_text(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server, columns=40)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.type("0123456789" * 6)
    server.send(b"hello\n")
    tmux.shows("From Server: hello")
    tmux.press("Enter")
    server.hears("0123456789" * 6)
    tmux.ends_with(PROMPT)


@scenes.scene
def a_narrower_and_a_wider_window_keep_the_line(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.type("안녕하세요 반갑")
    tmux.ends_with(PROMPT + "안녕하세요 반갑")
    tmux.resize(30, 20)
    server.send(b"narrow\n")
    tmux.shows("From Server: narrow")
    tmux.type("습니다")
    tmux.resize(100, 20)
    server.send(b"wide\n")
    tmux.ends_with("From Server: wide", PROMPT + "안녕하세요 반갑습니다")
    tmux.cursor_stands_at(len(PROMPT) + 21)
    tmux.press("Enter")
    server.hears("안녕하세요 반갑습니다")
    tmux.ends_with(PROMPT)


@scenes.scene
def a_window_of_very_few_columns_still_sends_the_line(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.resize(5, 3)
    tmux.type("가나다")
    tmux.press("Enter")
    server.hears("가나다")
    tmux.resize(80, 20)
    tmux.type("라")
    tmux.press("Enter")
    server.hears("라")


@scenes.scene
def ctrl_c_ends_the_program_on_a_row_of_its_own(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.type("half")
    tmux.ends_with(PROMPT + "half")
    tmux.press("C-c")
    server.hears_end()
    server.leave()
    tmux.shows("code=130")
    # After duet the terminal echoes and edits lines again.
    tmux.type("echo?")
    tmux.ends_with("code=130", "echo?")


@scenes.scene
def the_words_at_the_end_stand_on_rows_of_their_own(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    tmux.type("half")
    tmux.ends_with(PROMPT + "half")
    server.send(b"quit\n")
    server.hears_end()
    server.leave()
    tmux.shows("From Server: quit")
    tmux.ends_with("Disconnected from server", "code=0")


@scenes.scene
def the_arrow_keys_bring_back_what_was_said(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    for line in ("first", "두번째", "third"):
        tmux.type(line)
        tmux.press("Enter")
        server.answers()
        server.hears(line)
    tmux.type("new")
    tmux.press("Up", "Up")
    tmux.ends_with(PROMPT + "두번째")
    tmux.cursor_stands_at(len(PROMPT) + 6)
    tmux.press("Up", "Up")
    tmux.ends_with(PROMPT + "first")
    tmux.press("Down", "Down", "Down")
    tmux.ends_with(PROMPT + "new")
    tmux.press("Up", "Enter")
    server.hears("third")


@scenes.scene
def the_screen_is_korean_in_korea(stage: Stage) -> None:
    server = Tmux(stage, f"{stage.programs}/duet listen --plain unix:{stage.folder}/chat",
                  locale="ko_KR.UTF-8")
    server.shows(f"서버 실행 unix:{stage.folder}/chat")
    client = stage.connect("client", f"unix:{stage.folder}/chat")
    prompt = "전송할 메세지 >> "
    server.ends_with(prompt)
    server.cursor_stands_at(17)
    server.type("안녕")
    client.send("반갑습니다\n".encode())
    server.ends_with("From Client : 반갑습니다", prompt + "안녕")
    server.cursor_stands_at(21)
    server.press("Enter")
    client.hears("안녕")
    client.send(b"quit\n")
    server.shows("From Client : quit")
    server.ends_with("연결종료", "code=0")


@scenes.scene
def control_characters_move_nothing_on_the_screen(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server, columns=120)
    tmux.ends_with(PROMPT)
    server.answers()
    title = tmux.ask("display-message", "-p", "#{pane_title}")
    tmux.type("half")
    server.send("A\x1b[2J\x1b[HB\x1b]0;owned\x07C\x1b]52;c;aGk=\x1b\\D\r\bE\u009b2JF\n".encode())
    tmux.ends_with("From Server: A\\x1b[2J\\x1b[HB\\x1b]0;owned\\x07C\\x1b]52;c;aGk=\\x1b\\D"
                   "\\x0d\\x08E\\u009b2JF", PROMPT + "half")
    if tmux.ask("display-message", "-p", "#{pane_title}") != title:
        raise Failed("the other side has changed the title")


@scenes.scene
def pasted_lines_are_all_sent(stage: Stage) -> None:
    server = stage.host("server")
    tmux = call(stage, server)
    tmux.ends_with(PROMPT)
    server.answers()
    lines = [f"줄 {number}" for number in range(50)]
    tmux.ask("set-buffer", "--", "\n".join(lines) + "\n")
    tmux.ask("paste-buffer")
    for line in lines:
        server.hears(line)


if __name__ == "__main__":
    main(scenes)
