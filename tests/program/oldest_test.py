#!/usr/bin/python3
"""The two smallest programs, strictly in turns: with each other, with netcat and with duet.

The client writes a line and waits for one; the server reads a line, shows it, and asks for one.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.program import CONSOLE, PIPES, Means, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()


def oldest_server(stage: Stage, means: Means = CONSOLE) -> tuple[Program, str]:
    """The server on a port that is free, and where that is."""
    server = stage.run("server", [str(stage.programs / "oldest_server"), "127.0.0.1:0"], means)
    return server, f"127.0.0.1:{stage.port_of(server)}"


def oldest_client(stage: Stage, address: str, means: Means = CONSOLE) -> Program:
    """The client."""
    return stage.run("client", [str(stage.programs / "oldest_client"), address], means)


@scenes.scene
def the_two_talk_and_the_client_quits(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = oldest_client(stage, address)
    server.sees("Client connected")
    client.say("안녕하세요")
    server.sees("From Client : 안녕하세요")
    server.say("반갑습니다 🙂")
    client.sees("From Server: 반갑습니다 🙂")
    client.say("QUIT")
    client.sees("Disconnected from server")
    server.sees("Connection closed")
    client.exits(0)
    server.exits(0)


@scenes.scene
def the_two_talk_and_the_server_quits(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = oldest_client(stage, address)
    client.say("hello")
    server.sees("From Client : hello")
    server.say("Quit")
    client.sees("From Server: Quit")
    client.sees("Disconnected from server")
    server.sees("Connection closed")
    client.exits(0)
    server.exits(0)


@scenes.scene
def the_words_are_english_in_every_locale(stage: Stage) -> None:
    server = stage.run("server", [str(stage.programs / "oldest_server"), "127.0.0.1:0"],
                       CONSOLE, LANG="ko_KR.UTF-8")
    server.sees("Server running")
    client = oldest_client(stage, f"127.0.0.1:{stage.port_of(server)}")
    client.say("quit")
    server.exits(0)
    client.exits(0)


@scenes.scene
def the_server_talks_with_duet(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = stage.call("client", address)
    client.sees("Message >> ")
    client.say("안녕")
    server.sees("From Client : 안녕")
    server.say("hello")
    client.sees("From Server: hello")
    client.say("quit")
    client.sees("Disconnected from server")
    server.sees("Connection closed")
    client.exits(0)
    server.exits(0)


@scenes.scene
def the_client_talks_with_duet(stage: Stage) -> None:
    server = stage.listen("server")
    client = oldest_client(stage, stage.address_of(server))
    client.say("안녕")
    server.sees("From Client : 안녕")
    server.say("hello")
    client.sees("From Server: hello")
    client.say("and now you end it")
    server.sees("From Client : and now you end it")
    server.say("quit")
    client.sees("From Server: quit")
    client.sees("Disconnected from server")
    client.exits(0)
    server.exits(0)


@scenes.scene
def the_server_talks_with_netcat(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = stage.run("netcat", ["nc.openbsd", *address.split(":")], PIPES)
    client.say("안녕")
    server.sees("From Client : 안녕")
    server.say("hello")
    client.hears("hello")
    client.say("quit")
    server.sees("From Client : quit")
    server.exits(0)
    client.end_input()
    client.exits(0)


@scenes.scene
def the_client_talks_with_netcat(stage: Stage) -> None:
    server = stage.run("netcat", ["nc.openbsd", "-l", "127.0.0.1", "0"], PIPES)
    client = oldest_client(stage, f"127.0.0.1:{stage.port_of(server)}")
    client.say("안녕")
    server.hears("안녕")
    server.say("hello")
    client.sees("From Server: hello")
    client.say("quit")
    server.hears("quit")
    client.exits(0)
    server.end_input()
    server.exits(0)


@scenes.scene
def the_servers_end_of_input_ends_both(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = oldest_client(stage, address)
    client.say("hello")
    server.sees("From Client : hello")
    server.end_input()
    client.sees("Disconnected from server")
    client.exits(0)
    server.exits(0)


@scenes.scene
def the_clients_end_of_input_ends_both(stage: Stage) -> None:
    server, address = oldest_server(stage)
    client = oldest_client(stage, address)
    server.sees("Client connected")
    client.end_input()
    server.sees("Connection closed")
    client.exits(0)
    server.exits(0)


@scenes.scene
def a_refused_call_is_told(stage: Stage) -> None:
    client = oldest_client(stage, "127.0.0.1:1", PIPES)
    client.sees("Socket error")
    client.exits(1)


if __name__ == "__main__":
    main(scenes)
