#!/usr/bin/python3
"""How duet starts and how it leaves: options, usage, and the terminal that it was lent."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import CONSOLE, PIPES, Means, Program, children_of  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
PROMPT = "Message >> "


@scenes.scene
def help_is_asked_for_and_comes_on_standard_output(stage: Stage) -> None:
    for words in (["--help"], ["-h"], ["listen", "--help"], ["call", "--help"]):
        duet = stage.duet("duet", words, PIPES)
        duet.exits(0)
        for wanted in ("duet", "listen") if len(words) == 1 else ("--plain",):
            if wanted not in duet.text("out"):
                raise Failed(f"{words}: there is no {wanted!r} in the help")
        if duet.text("err"):
            raise Failed(f"{words}: help that was asked for is no error")


@scenes.scene
def the_version_is_one_line(stage: Stage) -> None:
    duet = stage.duet("duet", ["--version"], PIPES)
    duet.exits(0)
    words = duet.text().split()
    if len(duet.text().splitlines()) != 1 or not words or not words[-1][0].isdigit():
        raise Failed(f"this is no version: {duet.text()!r}")


WRONG_WORDS: tuple[list[str], ...] = (
    ["--nonsense"], ["listen", "--nonsense"], ["call", "--nonsense"], ["nonsense"],
    ["listen", "--plain", "127.0.0.1:1", "too", "much"], [],
    ["listen", "--plain", "127.0.0.1:65536"], ["call", "--plain", "127.0.0.1:65536"],
    ["call", "--plain", "127.0.0.1:-1"], ["call", "--plain", "127.0.0.1:eighty"],
    ["call", "--plain", "127.0.0.1:"], ["call", "--plain", "[::1"], ["call", "--plain", "unix:"],
    ["listen", "--plain", "unix:/" + 200 * "x"],
)


def wrong_words(words: list[str]) -> None:
    """One scene for each way to say something that is no command."""
    def scene(stage: Stage) -> None:
        duet = stage.duet("duet", words, PIPES)
        duet.exits(2)
        if not duet.text("err").strip() or duet.text("out"):
            raise Failed("wrong words are answered on standard error, and only there")
        duet.never_sees("terminate called")

    shown = " ".join(each[:20] for each in words)
    scenes.add(f"wrong words are usage: duet {shown}".rstrip(), scene)


for each in WRONG_WORDS:
    wrong_words(each)


@scenes.scene
def every_language_has_its_words_and_all_have_the_same_options(stage: Stage) -> None:
    korean = stage.duet("korean", ["--help"], PIPES, LANG="ko_KR.UTF-8")
    korean.exits(0)
    if "--version" not in korean.text():
        raise Failed("the Korean help has no --version")


@scenes.scene
def nothing_of_python_or_shell_is_needed_to_start(stage: Stage) -> None:
    """An empty environment, as a service has it."""
    duet = stage.run("duet", ["env", "-i", str(stage.programs / "duet"), "--version"], PIPES)
    duet.exits(0)


class Shell:
    """A real shell on a console, which neither saves nor restores the terminal's modes."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.console = stage.run("shell", ["dash", "-i"], CONSOLE, PS1="$ ")
        self.console.sees("$ ")
        self.modes = self.ask("stty -g")

    def type(self, command: str) -> None:
        """A command that goes on running."""
        self.console.say(command)

    def ask(self, command: str) -> str:
        """A command that ends; gives what it printed."""
        # The marks are put together by the shell, so that the echo of the command has none.
        self.console.say(f"echo 'BE''GIN'; {command}; echo 'E''ND'")
        self.console.sees("BEGIN\r\n")
        begin = self.console.sources[0].seen
        self.console.sees("END\r\n")
        end = self.console.sources[0].seen - len("END\r\n")
        self.console.sees("$ ")
        return self.console.sources[0].data[begin:end].decode().strip()

    def expect_own_terminal(self, when: str) -> None:
        """The shell's terminal is as the shell left it: same modes, and blocking."""
        if self.ask("stty -g") != self.modes:
            raise Failed(f"{when}: the terminal's modes are others")
        for descriptor in (0, 1, 2):
            flags = self.ask(f"sed -n 's/^flags:[[:space:]]*//p' /proc/$$/fdinfo/{descriptor}")
            if int(flags, 8) & os.O_NONBLOCK:
                raise Failed(f"{when}: the shell's descriptor {descriptor} does not block any more")

    def leave(self) -> None:
        """The shell's own end."""
        self.console.say("exit 0")
        self.console.exits(0)


def in_a_talk(stage: Stage) -> tuple[Shell, Program]:
    """A shell in which `duet call` is talking to somebody."""
    server = stage.listen("server", means=PIPES)
    shell = Shell(stage)
    shell.type(f"{stage.programs}/duet call --plain {stage.address_of(server)}; echo code=$?")
    shell.console.sees(PROMPT)
    shell.console.say("hello")
    server.hears("hello")
    return shell, server


@scenes.scene
def the_terminal_is_as_it_was_after_quit(stage: Stage) -> None:
    shell, _ = in_a_talk(stage)
    shell.type("quit")
    shell.console.sees("code=0\r\n")
    shell.console.sees("$ ")
    shell.expect_own_terminal("after quit")
    shell.leave()


@scenes.scene
def the_terminal_is_as_it_was_after_the_others_end(stage: Stage) -> None:
    shell, server = in_a_talk(stage)
    server.say("bye")
    server.end_input()
    shell.console.sees("code=0\r\n")
    shell.console.sees("$ ")
    shell.expect_own_terminal("after the other's end")
    shell.leave()


@scenes.scene
def the_terminal_is_as_it_was_after_ctrl_c(stage: Stage) -> None:
    shell, _ = in_a_talk(stage)
    shell.console.press("Ctrl-C")
    # The shell may print the code, or stop the whole line as it does after an interrupt.
    shell.console.sees("$ ")
    shell.expect_own_terminal("after Ctrl-C")
    shell.leave()


@scenes.scene
def the_terminal_is_as_it_was_after_sigterm(stage: Stage) -> None:
    shell, _ = in_a_talk(stage)
    (duet,) = children_of(shell.console.pid)
    os.kill(duet, signal.SIGTERM)
    shell.console.sees("code=143\r\n")
    shell.console.sees("$ ")
    shell.expect_own_terminal("after SIGTERM")
    shell.leave()


@scenes.scene
def the_terminal_is_the_shells_while_duet_is_suspended(stage: Stage) -> None:
    shell, server = in_a_talk(stage)
    shell.console.send(b"half")
    # What the terminal still holds is thrown away by the kernel when Ctrl-Z comes.
    shell.console.sees("half")
    shell.console.press("Ctrl-Z")
    shell.console.sees("Stopped")
    shell.console.sees("$ ")
    shell.expect_own_terminal("while suspended")
    server.say("said meanwhile")
    shell.type("fg")
    shell.console.sees("From Server: said meanwhile")
    shell.console.sees(PROMPT + "half")
    shell.console.say(" and whole")
    server.hears("half and whole")
    shell.type("quit")
    shell.console.sees("$ ")
    shell.expect_own_terminal("after it was suspended")
    shell.leave()


@scenes.scene
def the_terminal_is_as_it_was_while_nobody_has_called(stage: Stage) -> None:
    shell = Shell(stage)
    shell.type(f"{stage.programs}/duet listen --plain 127.0.0.1:0")
    shell.console.sees("Server running")
    address = shell.console.wait_for_address()
    shell.console.press("Ctrl-Z")
    shell.console.sees("Stopped")
    shell.console.sees("$ ")
    shell.expect_own_terminal("while suspended")
    shell.type("fg")
    stage.connect("caller", address)
    shell.console.sees("Client connected")
    shell.console.press("Ctrl-C")
    shell.console.sees("$ ")
    shell.expect_own_terminal("after Ctrl-C")
    shell.leave()


@scenes.scene
def a_pipe_of_the_shells_is_left_blocking(stage: Stage) -> None:
    """The read and write ends are shared with whoever gave them: O_NONBLOCK would be theirs too."""
    server = stage.host("server")
    input_end, our_end = os.pipe()
    command = [str(stage.programs / "duet"), "call", "--plain", server.address]
    client = stage.run("client", command, Means(f"/proc/self/fd/{input_end}", "pipe", "pipe"))
    server.answers()
    os.write(our_end, b"hello\n")
    server.hears("hello")
    for descriptor in (0, 1, 2):
        info = Path(f"/proc/{client.pid}/fdinfo/{descriptor}").read_text()
        flags = next(line.split()[1] for line in info.splitlines() if line.startswith("flags:"))
        if int(flags, 8) & os.O_NONBLOCK:
            raise Failed(f"descriptor {descriptor} of duet does not block: nor does it for others")
    os.close(our_end)
    os.close(input_end)
    server.hears_end()
    server.leave()
    client.exits(0)


@scenes.scene
def a_terminal_that_goes_away_ends_the_program(stage: Stage) -> None:
    """The window is closed: nobody is left to talk."""
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server)
    client.sees(PROMPT)
    client.say("hello")
    server.hears("hello")
    assert client.console
    client.console.let_go()
    client.sources[0].close()
    stage.wait("the client is gone", client.has_exited)
    server.hears_end()
    server.end_input()
    server.exits(0)


if __name__ == "__main__":
    main(scenes)
