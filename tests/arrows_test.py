"""Shows that arrows.py finds what it is there to find, in small houses made for it."""

import pathlib
import tempfile
import unittest

from arrows import Arrows, rooms_of

TABLE = """
duet_room(base     LIBRARIES fmt::fmt)
duet_room(net      ROOMS base LIBRARIES Threads::Threads THREADS)
duet_room(doors    ROOMS base)
duet_room(terminal ROOMS base net
                         doors PRIVATE_LIBRARIES CLI11::CLI11)
"""

GOOD = {
    "CMakeLists.txt": TABLE,
    "base/bytes.hpp": "#pragma once\n#include <span>\n",
    "base/log.hpp": "#pragma once\n",
    "base/log.cpp": '#include "base/log.hpp"\n#include <fcntl.h>\n#include <spdlog/logger.h>\n',
    "base/log_test.cpp": '#include "base/log.hpp"\n#include <doctest/doctest.h>\n#include <unistd.h>\n',
    "net/socket.hpp": '#pragma once\n#include "base/bytes.hpp"\n#include <string>\n',
    "net/socket.cpp": '#include "net/socket.hpp"\n#include "base/log.hpp"\n#include <sys/socket.h>\n',
    "doors/lines.hpp": '#pragma once\n#include "base/bytes.hpp"\n',
    "doors/lines.cpp": '#include "doors/lines.hpp"\n\n#include <string>\n',
    "terminal/main.cpp": '#include "doors/lines.hpp"\n#include "net/socket.hpp"\n#include <CLI/CLI.hpp>\n',
    "docs/examples/oldest_server.cpp": '#include "net/socket.hpp"\n',
}


class ArrowsTest(unittest.TestCase):
    def house(self, **changes):
        """What is wrong with the good house when these files are changed or added."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**GOOD, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return Arrows(root).check()

    def assert_wrong(self, expected, **changes):
        self.assertEqual(self.house(**changes), [expected])

    def test_a_good_house_is_left_alone(self):
        self.assertEqual(self.house(), [])

    def test_the_table_is_read_over_several_lines(self):
        self.assertEqual(
            rooms_of(TABLE),
            {"base": [], "net": ["base"], "doors": ["base"], "terminal": ["base", "net", "doors"]},
        )

    def test_a_house_without_a_table_is_no_house(self):
        self.assertIn(
            "CMakeLists.txt:1: there is no duet_room(...) in it", self.house(**{"CMakeLists.txt": ""})
        )

    def test_an_arrow_that_turns_back(self):
        self.assert_wrong(
            "base/bytes.hpp:2: base may not include net",
            **{"base/bytes.hpp": '#pragma once\n#include "net/socket.hpp"\n'},
        )

    def test_an_arrow_between_rooms_that_do_not_know_each_other(self):
        self.assert_wrong(
            "doors/lines.hpp:2: doors may not include net",
            **{"doors/lines.hpp": '#pragma once\n#  include "net/socket.hpp"\n'},
        )

    def test_a_test_obeys_the_arrows_of_its_room(self):
        self.assert_wrong(
            "net/socket_test.cpp:2: net may not include doors",
            **{"net/socket_test.cpp": '#include "net/socket.hpp"\n#include "doors/lines.hpp"\n'},
        )

    def test_a_library_of_several_files_is_met_in_those_alone(self):
        met = "#include <openssl/ssl.h>\n"
        self.assertEqual(self.house(**{"net/tls.cpp": met, "net/tls_certificate.cpp": met}), [])
        self.assert_wrong(
            r"net/tlsnot.cpp:1: OpenSSL is met in net/tls(_\w+)?\.cpp alone", **{"net/tlsnot.cpp": met}
        )
        self.assert_wrong(
            "net/tls.hpp:1: OpenSSL may not be met in a header", **{"net/tls.hpp": met}
        )

    def test_a_circle_in_the_table(self):
        self.assert_wrong(
            "CMakeLists.txt:1: base includes net, which is not named before it",
            **{"CMakeLists.txt": TABLE.replace("duet_room(base ", "duet_room(base ROOMS net")},
        )

    def test_a_file_that_is_not_there(self):
        self.assert_wrong(
            'net/socket.hpp:2: "socket.h" is no file, seen from the root',
            **{"net/socket.hpp": '#pragma once\n#include "socket.h"\n'},
        )

    def test_ours_in_angle_brackets(self):
        self.assert_wrong(
            "doors/lines.hpp:2: <base/bytes.hpp> is ours, and stands in quotes",
            **{"doors/lines.hpp": "#pragma once\n#include <base/bytes.hpp>\n"},
        )

    def test_own_header_comes_first(self):
        for name in ("net/socket.cpp", "net/socket_test.cpp"):
            self.assert_wrong(
                f'{name}:1: its own header, "net/socket.hpp", comes first',
                **{name: '#include "base/bytes.hpp"\n#include "net/socket.hpp"\n'},
            )

    def test_ours_come_before_theirs(self):
        self.assert_wrong(
            'net/socket.cpp:3: "base/log.hpp" stands after what is not ours',
            **{"net/socket.cpp": '#include "net/socket.hpp"\n#include <string>\n#include "base/log.hpp"\n'},
        )

    def test_a_heavy_library_is_met_once(self):
        for header, library in (
            ("spdlog/spdlog.h", "spdlog"),
            ("toml++/toml.h", "toml++"),
            ("simdjson.h", "simdjson"),
            ("boost/beast.hpp", "Boost"),
            ("utf8proc.h", "utf8proc"),
        ):
            first, second = f"#include <{header}>\n", f"#include <{header}>\n"
            self.assert_wrong(
                f"terminal/words.cpp:1: {library} is met in net/heavy.cpp already",
                **{
                    "base/log.cpp": "",
                    "terminal/main.cpp": "",
                    "net/heavy.cpp": first,
                    "terminal/words.cpp": second,
                },
            )

    def test_each_program_has_its_command_line(self):
        header = "#include <CLI/App.hpp>\n"
        self.assertEqual(
            [], self.house(**{"terminal/main.cpp": header, "net/main.cpp": header})
        )
        self.assert_wrong(
            "terminal/words.cpp:1: CLI11 is met in terminal/main.cpp already",
            **{"terminal/words.cpp": header},
        )

    def test_a_heavy_library_is_never_met_in_a_header(self):
        self.assert_wrong(
            "terminal/options.hpp:2: CLI11 may not be met in a header",
            **{"terminal/options.hpp": "#pragma once\n#include <CLI/CLI.hpp>\n"},
        )

    def test_a_fuzz_target_may_compare_with_a_library_that_is_met_elsewhere(self):
        self.assertEqual(
            self.house(
                **{
                    "base/utf8_fuzz.cpp": "#include <utf8proc.h>\n",
                    "terminal/letters.cpp": "#include <utf8proc.h>\n",
                }
            ),
            [],
        )

    def test_test_libraries_stay_where_tests_are(self):
        self.assert_wrong(
            "net/socket.hpp:2: doctest is for tests alone",
            **{"net/socket.hpp": "#pragma once\n#include <doctest/doctest.h>\n"},
        )
        self.assert_wrong(
            "net/speed.cpp:1: benchmark is for bench alone",
            **{"net/speed.cpp": "#include <benchmark/benchmark.h>\n"},
        )
        self.assertEqual(self.house(**{"tests/unit_main.cpp": "#include <doctest/doctest.h>\n"}), [])

    def test_a_calculation_knows_no_socket_file_clock_or_thread(self):
        for header in (
            *("sys/socket.h", "sys/epoll.h", "netinet/in.h", "netdb.h", "poll.h"),
            *("fcntl.h", "unistd.h", "fstream", "filesystem", "sys/stat.h"),
            *("thread", "mutex", "condition_variable", "future", "pthread.h"),
            *("ctime", "time.h", "signal.h"),
        ):
            for room in ("base", "doors"):
                self.assert_wrong(
                    f"{room}/sly.cpp:1: {room} may not know <{header}>",
                    **{f"{room}/sly.cpp": f"#include <{header}>\n"},
                )
            self.assertEqual(self.house(**{"net/frank.cpp": f"#include <{header}>\n"}), [])


if __name__ == "__main__":
    unittest.main()
