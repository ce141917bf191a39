"""Builds the example client against the installed package, as a stranger would, and runs it.

    python3 tests/package.py CMAKE BUILD_FOLDER BIN ROOT CXX

Two people join a real duetd with it, one says something, and the other hears it.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

PATIENCE_SECONDS = 60
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(stranger LANGUAGES CXX)
find_package(duet REQUIRED)
add_executable(client {source})
target_link_libraries(client PRIVATE duet::client)
"""


def build(cmake, installed_from, root, compiler, folder):
    """Gives the example's program, built in a project of its own."""
    prefix = folder / "prefix"
    install = [cmake, "--install", installed_from, "--prefix", prefix, "--component", "client"]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    source = folder / "stranger"
    source.mkdir()
    example = pathlib.Path(root, "docs/examples/client.cpp").resolve()
    (source / "CMakeLists.txt").write_text(PROJECT.format(source=example))
    configure = [cmake, "-S", source, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
                 f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=Release"]
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([cmake, "--build", folder / "build"], check=True)
    return folder / "build/client"


def read_until(stream, pattern):
    """Reads lines until one has the pattern; gives its first group."""
    for line in stream:
        if found := re.search(pattern, line):
            return found[1]
    raise SystemExit(f"nothing that looks like {pattern}")


def talk(client, duetd, folder):
    """ada says hello to bob, who is there; gives what each has printed."""
    data = ["--data", folder / "data"]
    server = subprocess.Popen([duetd, *data, "--listen", "127.0.0.1:0"], text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        address = read_until(server.stderr, r"duetd: serving at (\S+)")
        secrets = subprocess.run([duetd, "invite", "--pair", *data], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split()
        secrets = [link.rpartition(".")[2] for link in secrets]

        def person(name, other, text, secret):
            words = [client, folder / name, other, text, address, secret, name]
            return subprocess.Popen(words, text=True, stdout=subprocess.PIPE)

        bob = person("bob", "ada", "I am here", secrets[0])
        ada = person("ada", "bob", "hello", secrets[1])
        return [each.communicate(timeout=PATIENCE_SECONDS)[0].splitlines() for each in (ada, bob)]
    finally:
        server.terminate()
        server.wait()


def main():
    cmake, build_folder, programs, root, compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="duet-package-") as name:
        folder = pathlib.Path(name)
        client = build(cmake, build_folder, root, compiler, folder)
        ada, bob = talk(client, pathlib.Path(programs, "duetd").resolve(), folder)
    # bob's word may be refused, if he says it before ada is there.
    print("ada:", ada, "bob:", bob)
    return 0 if "sent" in ada and "ada: hello" in bob else 1


if __name__ == "__main__":
    sys.exit(main())
