#!/usr/bin/python3
"""What may go wrong is told in a clear sentence, with the right code, and nothing is lost by it."""

import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed, Skipped  # noqa: E402
from lib.peer import Peer  # noqa: E402
from lib.program import PIPES, Means, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
LINE_BYTES_MAX = 16 * 1024
TEXT = "가나 é 🙂".encode()


def expect_socket_error(program: Program, code: int, *words: str) -> None:
    """A sentence that begins as all socket errors do, and says what failed."""
    program.exits(code)
    said = program.text("err")
    for wanted in ("Socket error", *words):
        if wanted not in said:
            raise Failed(f"{program.name} was to say {wanted!r} and said {said!r}")
    if program.text("out"):
        raise Failed("an error does not belong on standard output")


# Calling and listening


@scenes.scene
def there_is_no_such_host(stage: Stage) -> None:
    expect_socket_error(stage.call("client", "nobody.invalid:8000", PIPES), 1, "nobody.invalid")


@scenes.scene
def there_is_no_such_host_to_listen_on(stage: Stage) -> None:
    expect_socket_error(stage.listen("server", "nobody.invalid:0", PIPES), 1, "nobody.invalid")


@scenes.scene
def the_port_refuses(stage: Stage) -> None:
    client = stage.call("client", "127.0.0.1:1", PIPES)
    expect_socket_error(client, 1, "127.0.0.1:1", "Connection refused")


@scenes.scene
def the_port_is_in_use(stage: Stage) -> None:
    host = stage.host("host")
    server = stage.listen("server", host.address, PIPES)
    expect_socket_error(server, 1, host.address, "Address already in use")


@scenes.scene
def the_port_is_out_of_range(stage: Stage) -> None:
    for port in ("65536", "99999999999999999999", "-1", "8000x", ""):
        for program in (stage.listen("server", f"127.0.0.1:{port}", PIPES),
                        stage.call("client", f"127.0.0.1:{port}", PIPES)):
            program.exits(2)
            if not program.text("err").strip():
                raise Failed(f"nothing was said about the port {port!r}")


@scenes.scene
def the_address_is_not_ours(stage: Stage) -> None:
    server = stage.listen("server", "192.0.2.1:0", PIPES)
    expect_socket_error(server, 1, "192.0.2.1", "Cannot assign requested address")


@scenes.scene
def the_path_is_no_socket(stage: Stage) -> None:
    (stage.folder / "file").write_text("mine")
    expect_socket_error(stage.call("client", f"unix:{stage.folder}/file", PIPES), 1, "/file")
    expect_socket_error(stage.listen("server", f"unix:{stage.folder}/file", PIPES), 1, "/file")
    if (stage.folder / "file").read_text() != "mine":
        raise Failed("a file that was in the way is gone")


@scenes.scene
def the_path_leads_nowhere(stage: Stage) -> None:
    expect_socket_error(stage.call("client", f"unix:{stage.folder}/none", PIPES), 1,
                        "No such file or directory")
    expect_socket_error(stage.listen("server", f"unix:{stage.folder}/none/at/all", PIPES), 1,
                        "No such file or directory")


# What we type ourselves


@scenes.scene
def a_typed_line_that_is_too_long_is_not_sent_in_part(stage: Stage) -> None:
    """It stays to be changed; what was sent before and comes after arrives whole."""
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server)
    client.say("before")
    server.hears("before")
    client.send(b"x" * (LINE_BYTES_MAX + 1) + b"\r")
    client.sees("Not sent, and still here to be changed")
    client.send(b"\x15after\r")
    client.say("quit")
    server.hears("after")
    server.hears("quit")
    server.exits(0)
    client.exits(0)
    if len(server.text("out").splitlines()) != 3:
        raise Failed("something else was sent")


# What the other side sends


@scenes.scene
def a_peer_that_never_stops_speaking_does_not_hold_the_end(stage: Stage) -> None:
    """Bytes put the silence off, and not the end in all (ten seconds; it is not timed here)."""
    server = stage.listen("server", means=PIPES)
    client = stage.connect("client", server)
    server.say("quit")
    client.hears("quit")

    def ended() -> bool:
        # The connection is closed a little before the process is gone.
        if client.sink is not None and not (client.sink.closed or client.sink.ending):
            client.send(b"and another thing\n")
        stage.pump(200)
        return server.has_exited()

    stage.wait("the end of the server", ended)
    server.exits(0)


def bad_line(what: str, line: bytes, ends_input: bool = False) -> None:
    """A scene in which a caller sends good lines and then one that ends the talk."""
    def scene(stage: Stage) -> None:
        server = stage.listen("server", means=PIPES)
        server.wait_for_address()
        caller = stage.connect("caller", server)
        caller.send(b"good\nalso good\n")
        server.hears("good")
        server.hears("also good")
        server.say("to you")
        caller.hears("to you")
        caller.send(line)
        if ends_input:
            caller.end_input()
        expect_bad_end(server, caller)

    scenes.add(f"{what} ends the talk and nothing of it is shown", scene)


def expect_bad_end(server: Program, caller: Peer) -> None:
    """The caller is told, the server says why it ended, and shows nothing more."""
    answer = caller.next_line()
    if not answer.startswith(b"duet: "):
        raise Failed(f"the caller was to be told what was wrong, and heard {answer!r}")
    caller.hears_end()
    caller.leave()
    server.hears_end()
    server.exits(1)
    if len(server.text("err").splitlines()) < 3:
        raise Failed(f"the reason is not told: {server.text('err')!r}")


bad_line("a line of 16 KiB and one byte", b"x" * (LINE_BYTES_MAX + 1) + b"\n")
bad_line("a line of 16 KiB and one byte in wide letters", b"x" * 2 + "가".encode() * 5461 + b"\n")
bad_line("a stream without a newline", b"x" * (1024 * 1024))
bad_line("a stream without a newline, and its end", b"x" * (LINE_BYTES_MAX + 1), True)
bad_line("an invalid byte", b"caf\xe9\n")
bad_line("an overlong letter", b"\xc0\xaf\n")
bad_line("a surrogate", b"\xed\xa0\x80\n")
bad_line("a letter beyond Unicode", b"\xf4\x90\x80\x80\n")
bad_line("a letter cut by the end of the line", b"\xea\xb0\n")
bad_line("a letter cut by the end of the stream", b"\xea\xb0", True)


@scenes.scene
def a_line_of_16_KiB_is_a_line(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    # The end of the line does not count, be it one byte or two.
    for longest in ("x" * LINE_BYTES_MAX, "x" + "가" * 5461):
        client.say(longest)
        server.hears(longest)
    caller_line = "y" * LINE_BYTES_MAX
    client.send(caller_line.encode() + b"\r\n")
    server.hears(caller_line)
    client.say("quit")
    server.exits(0)
    client.exits(0)


@scenes.scene
def letters_cut_at_every_byte_come_together_again(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    caller = stage.connect("caller", server)
    assert caller.socket
    caller.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    caller.send(b"begin\n")
    server.hears("begin")
    for cut in range(len(TEXT) + 1):
        caller.send(TEXT[:cut])
        caller.wait("the first part has left", lambda: caller.sink and not caller.sink.waiting)
        # The other direction's line proves that the first part was taken on its own.
        server.say(f"cut at {cut}")
        caller.hears(f"cut at {cut}")
        caller.send(TEXT[cut:] + b"\n")
        server.hears(TEXT.decode())
    caller.send(b"quit\n")
    server.exits(0)


@scenes.scene
def invalid_text_is_found_however_it_is_cut(stage: Stage) -> None:
    bad = "가".encode() + b"\xf0\x9f\x99" + "나".encode() + b"\n"
    for cut in range(1, len(bad)):
        server = stage.listen(f"server{cut}", means=PIPES)
        caller = stage.connect(f"caller{cut}", server)
        assert caller.socket
        caller.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller.send(b"good\n" + bad[:cut])
        server.hears("good")
        caller.send(bad[cut:])
        caller.sees("duet: ")
        caller.next_line()
        caller.hears_end()
        caller.leave()
        server.hears_end()
        server.exits(1)


@scenes.scene
def nul_bytes_are_text_like_any_other(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.send(b"a\0b\n\0\n\0\0\0\n")
    server.hears("a\0b")
    server.hears("\0")
    server.hears("\0\0\0")
    client.say("quit")
    server.exits(0)
    client.exits(0)


@scenes.scene
def a_reset_in_the_middle_is_told(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    caller = stage.connect("caller", server)
    caller.send(b"one\ntwo\n")
    server.hears("one")
    server.hears("two")
    caller.reset()
    server.hears_end()
    server.sees("Socket error")
    server.exits(1)


@scenes.scene
def what_came_before_a_reset_is_not_lost(stage: Stage) -> None:
    """All lines are in the kernel of the one who hears, and only then comes the reset."""
    host = stage.host("host")
    client = stage.call("client", host.address, PIPES)
    host.answers()
    host.send(b"".join(b"line %d\n" % number for number in range(1000)))
    client.hears("line 0")
    host.wait("all has left", lambda: host.sink and not host.sink.waiting)
    for number in range(1, 1000):
        client.hears(f"line {number}")
    host.reset()
    client.exits(1)


# Our own input


@scenes.scene
def own_input_that_is_no_text_is_told_and_the_rest_goes_on(stage: Stage) -> None:
    host = stage.host("host")
    client = stage.call("client", host.address, PIPES)
    long_line = b"z" * (LINE_BYTES_MAX + 1)
    client.send(b"one\ncaf\xe9\nthree\n" + long_line + b"\nfive\n")
    for line in ("one", "three", "five"):
        host.hears(line)
    client.end_input()
    host.hears_end()
    host.leave()
    client.exits(1)
    for number in ("2", "4"):
        if number not in client.text("err"):
            raise Failed(f"line {number} was not sent, and that is not told")
    host.never_sees("caf")
    host.never_sees("zzz")


@scenes.scene
def own_input_without_any_newline_is_told_once(stage: Stage) -> None:
    host = stage.host("host")
    client = stage.call("client", host.address, PIPES)
    client.send(b"first\n" + b"z" * (1024 * 1024) + b"\nlast\n")
    client.end_input()
    host.hears("first")
    host.hears("last")
    host.hears_end()
    host.leave()
    client.exits(1)
    if not 1 <= sum("2" in line for line in client.text("err").splitlines()) <= 2:
        raise Failed(f"one sentence was to be said: {client.text('err')[:2000]!r}")


# Our own output


def with_output(stage: Stage, output: str) -> tuple[Program, Peer]:
    """A server with such a standard output, and its caller."""
    server = stage.listen("server", means=Means("pipe", output, "pipe"))
    return server, stage.connect("caller", server)


def expect_undelivered(server: Program, line: str) -> None:
    """What could not be handed over is told with its text."""
    server.exits(1)
    if line not in server.text("err"):
        raise Failed(f"{line!r} could not be handed over, and that is not told: "
                     f"{server.text('err')!r}")


@scenes.scene
def standard_output_is_closed(stage: Stage) -> None:
    """Known from the beginning: nobody is called or let in whose lines nobody could see."""
    host = stage.host("host")
    for duet in (stage.listen("server", means=Means("pipe", "closed", "pipe")),
                 stage.call("client", host.address, Means("pipe", "closed", "pipe"))):
        duet.exits(1)
        if not duet.text("err").strip():
            raise Failed("a closed standard output is not told")


@scenes.scene
def standard_output_is_a_full_disk(stage: Stage) -> None:
    server, caller = with_output(stage, "/dev/full")
    caller.send(b"this does not fit\n")
    expect_undelivered(server, "this does not fit")
    if "No space left on device" not in server.text("err"):
        raise Failed("the system's own words are not told")


@scenes.scene
def standard_outputs_reader_has_left(stage: Stage) -> None:
    server, caller = with_output(stage, "pipe")
    caller.send(b"handed over\n")
    server.hears("handed over")
    server.stop_reading()
    caller.send(b"not handed over\n")
    expect_undelivered(server, "not handed over")


@scenes.scene
def standard_error_is_closed(stage: Stage) -> None:
    """Nobody hears the words, and the talk is whole."""
    server = stage.run("server", [str(stage.programs / "duet"), "listen", "--plain",
                                  "127.0.0.1:0"], Means("pipe", "pipe", "closed"))
    caller = stage.connect("caller", f"127.0.0.1:{stage.port_of(server)}")
    caller.send(b"hello\n")
    server.hears("hello")
    server.say("to you")
    caller.hears("to you")
    caller.send(b"quit\n")
    server.hears("quit")
    server.exits(0)


@scenes.scene
def standard_input_is_closed(stage: Stage) -> None:
    """As with /dev/null: we only listen."""
    server = stage.listen("server", means=Means("closed", "pipe", "pipe"))
    caller = stage.connect("caller", server)
    caller.send(b"hello\n")
    server.hears("hello")
    caller.send(b"and more\n")
    server.hears("and more")
    caller.end_input()
    server.hears_end()
    server.exits(0)


@scenes.scene
def all_three_are_closed(stage: Stage) -> None:
    """A socket must not get the number of one of them, or lines would go to where words belong."""
    stage.listen("server", means=Means("closed", "closed", "closed")).exits(1)


@scenes.scene
def a_slow_reader_of_standard_output_gets_everything(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    caller = stage.connect("caller", server)
    server.source("out").paused = True
    lines = [f"line {number} " + "x" * 100 for number in range(20_000)]
    caller.send("\n".join(lines).encode() + b"\nquit\n")
    for _ in range(50):
        stage.pump()
    server.source("out").paused = False
    for line in lines:
        server.hears(line)
    server.hears("quit")
    server.exits(0)


# No descriptors


def without_descriptors(stage: Stage, count: int) -> tuple[Program, int]:
    """A server that may have so many descriptors open, and its port."""
    program = stage.programs / "duet"
    if b"__ubsan_handle" in program.read_bytes():
        # It opens a pipe to look at an object whose type it has not met, and without one it
        # takes the object for an invalid one.
        raise Skipped("the undefined-behaviour sanitizer needs descriptors itself")
    server = stage.run("server", ["prlimit", f"--nofile={count}:{count}", str(program),
                                  "listen", "--plain", "127.0.0.1:0"], PIPES)
    return server, stage.port_of(server)


@scenes.scene
def without_descriptors_the_waiting_goes_on(stage: Stage) -> None:
    """While more call than there is room for, a talk goes on; later callers are heard again."""
    server, port = without_descriptors(stage, 32)
    client = stage.connect("client", f"127.0.0.1:{port}")
    client.send(b"before\n")
    server.hears("before")
    crowd = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(200)]
    for number in range(20):
        client.send(f"line {number}\n".encode())
        server.hears(f"line {number}")
        server.say(f"answer {number}")
        client.hears(f"answer {number}")
    for caller in crowd:
        caller.close()
    late = stage.connect("late", f"127.0.0.1:{port}")
    late.hears("busy")
    client.send(b"quit\n")
    server.hears("quit")
    server.exits(0)


@scenes.scene
def without_descriptors_it_does_not_spin(stage: Stage) -> None:
    """Where accepting rests, the processor does too: spinning would take all of it."""
    server, port = without_descriptors(stage, 24)
    client = stage.connect("client", f"127.0.0.1:{port}")
    client.send(b"before\n")
    server.hears("before")
    crowd = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(100)]
    busy_before, begin = processor_seconds(server.pid), time.monotonic()
    for _ in range(50):
        stage.pump(20)
    busy = processor_seconds(server.pid) - busy_before
    if busy > (time.monotonic() - begin) / 2:
        raise Failed(f"it was at work for {busy} s of {time.monotonic() - begin:.1f} s")
    for caller in crowd:
        caller.close()
    client.send(b"quit\n")
    server.hears("quit")
    server.exits(0)


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor."""
    columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(scenes)
