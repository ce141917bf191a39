"""Holds the source to the arrows between rooms.

    python3 tests/arrows.py ROOT

The table of rooms is the duet_room(...) lines of ROOT/CMakeLists.txt; there is no other. One line is
printed for each thing that is wrong, as FILE:LINE: what; the exit code is 1 if there was any.

  - a room includes itself and the rooms that its line names, all of which were named before it;
  - what is ours is included by its path from the root, in quotes, and exists;
  - a file and its test include their own header first; ours come before the rest;
  - a heavy library is met in one .cpp of all the rooms (their tests and fuzz targets apart), or, for
    what a program's command line needs, of each room, or, for what one file could not hold, in those
    whose names begin alike; and never in a header; doctest and benchmark only where tests and
    benchmarks are;
  - base, pairing, core and doors know no socket, file, clock or thread (their tests may).
"""

import pathlib
import re
import sys

# Folders that are no rooms: whatever is in a room may be included there.
OUTSIDE = ("tests", "bench", "docs")

# What takes long to compile, or what only one of our headers should stand for.
HEAVY = {
    "CLI11": r"CLI/",
    "spdlog": r"spdlog/",
    "toml++": r"toml\+\+",
    "simdjson": r"simdjson",
    "Boost": r"boost/",
    "utf8proc": r"utf8proc",
    "prometheus-cpp": r"prometheus/",
    "libqrencode": r"qrencode",
    "OpenSSL": r"openssl/",
}
# Each program has a command line, in a room of its own.
ONCE_A_ROOM = ("CLI11",)
# More than one idea, and all of it one room's.
MET_IN = {"OpenSSL": r"net/tls(_\w+)?\.cpp"}
TEST_LIBRARIES = {"doctest": (r"doctest", "tests"), "benchmark": (r"benchmark/", "bench")}

CALCULATING_ROOMS = ("base", "pairing", "core", "doors")
SYSTEM = re.compile(
    r"(sys/(?!types\.h).*|netinet/.*|arpa/.*|net/.*|netdb\.h|poll\.h|fcntl\.h|unistd\.h|dirent\.h"
    r"|fstream|filesystem|iostream|aio\.h"
    r"|thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token"
    r"|pthread\.h|threads\.h|ctime|time\.h|csignal|signal\.h)"
)
# The log is the one thing in base that reaches outside.
MAY_KNOW_THE_SYSTEM = ("base/log.cpp",)

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def rooms_of(cmake):
    """Gives {room: rooms that it may include}, in the order of the table."""
    rooms = {}
    for words in re.findall(r"^duet_room\(([^)]*)\)", cmake, re.MULTILINE):
        name, *rest = words.split()
        allowed, taking = [], False
        for word in rest:
            if word.isupper():
                taking = word == "ROOMS"
            elif taking:
                allowed.append(word)
        rooms[name] = allowed
    return rooms


def is_test(path):
    return path.stem.endswith(("_test", "_fuzz", "_fixture", "_suite"))


def own_header(root, path):
    """The header that belongs to a .cpp or its test; None if there is none."""
    noun = re.sub(r"_test$", "", path.stem)
    header = path.with_name(noun + ".hpp")
    return header.relative_to(root).as_posix() if path.suffix == ".cpp" and header.exists() else None


class Arrows:
    def __init__(self, root):
        self.root = root
        self.rooms = rooms_of((root / "CMakeLists.txt").read_text())
        self.wrong = []
        self.met = {}  # (heavy library, room or ""): the .cpp that met it first

    def check(self):
        if not self.rooms:
            self.wrong.append("CMakeLists.txt:1: there is no duet_room(...) in it")
        self.check_table()
        for folder in (*self.rooms, *OUTSIDE):
            for path in sorted((self.root / folder).rglob("*.[ch]pp")):
                self.check_file(path, folder)
        return self.wrong

    def check_table(self):
        known = []
        for room, allowed in self.rooms.items():
            for other in allowed:
                if other not in known:
                    self.wrong.append(
                        f"CMakeLists.txt:1: {room} includes {other}, which is not named before it"
                    )
            known.append(room)

    def check_file(self, path, folder):
        name = path.relative_to(self.root).as_posix()
        own = own_header(self.root, path)
        first, seen_theirs = True, False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, header = match[1] == '"', match[2]

            def say(what):
                self.wrong.append(f"{name}:{number}: {what}")

            if first and own and header != own:
                say(f'its own header, "{own}", comes first')
            first = False
            if quoted:
                if seen_theirs:
                    say(f'"{header}" stands after what is not ours')
                self.check_ours(folder, header, say)
            else:
                seen_theirs = True
                self.check_theirs(path, folder, header, say)

    def check_ours(self, folder, header, say):
        room = header.split("/")[0]
        if not (self.root / header).is_file():
            say(f'"{header}" is no file, seen from the root')
        elif folder in self.rooms and room != folder and room not in self.rooms[folder]:
            say(f"{folder} may not include {room}")

    def check_theirs(self, path, folder, header, say):
        name = path.relative_to(self.root).as_posix()
        if header.split("/")[0] in self.rooms and (self.root / header).is_file():
            say(f"<{header}> is ours, and stands in quotes")
        if folder in CALCULATING_ROOMS and not is_test(path) and name not in MAY_KNOW_THE_SYSTEM:
            if SYSTEM.fullmatch(header):
                say(f"{folder} may not know <{header}>")
        for library, (pattern, home) in TEST_LIBRARIES.items():
            if re.match(pattern, header) and folder != home and not is_test(path):
                say(f"{library} is for {home} alone")
        if folder not in self.rooms or is_test(path):
            return
        for library, pattern in HEAVY.items():
            if not re.match(pattern, header):
                continue
            if path.suffix == ".hpp":
                say(f"{library} may not be met in a header")
                continue
            if library in MET_IN:
                if not re.fullmatch(MET_IN[library], name):
                    say(f"{library} is met in {MET_IN[library]} alone")
                continue
            place = (library, folder if library in ONCE_A_ROOM else "")
            if self.met.setdefault(place, name) != name:
                say(f"{library} is met in {self.met[place]} already")


def main():
    wrong = Arrows(pathlib.Path(sys.argv[1])).check()
    print("\n".join(wrong) or "no arrow turns back")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
