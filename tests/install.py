"""Installs into a folder of its own, and looks at what came.

    python3 tests/install.py CMAKE BUILD_FOLDER ROOT
"""

import pathlib
import subprocess
import sys
import tempfile


def main():
    cmake, build, root = sys.argv[1:]
    expected = ["bin/duet", "bin/duetd", "share/man/man1/duet.1", "share/man/man8/duetd.8",
                "lib/systemd/system/duetd.service"]
    for po in sorted(pathlib.Path(root, "po").glob("*.po")):
        expected.append(f"share/locale/{po.stem}/LC_MESSAGES/duet.mo")
    # The client library's package; tests/package.py builds a program with it.
    expected += ["include/duet/duet.hpp", "lib/cmake/duet/duetTargets.cmake"]
    expected += ["lib/cmake/duet/duetConfig.cmake", "lib/cmake/duet/duetConfigVersion.cmake"]
    expected += [f"lib/libduet_{room}.a"
                 for room in ("base", "net", "pairing", "core", "store", "doors", "client")]

    with tempfile.TemporaryDirectory(prefix="duet-install-") as folder:
        subprocess.run([cmake, "--install", build, "--prefix", folder], check=True)
        prefix = pathlib.Path(folder)
        came = sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*")
                      if path.is_file() and not path.match("duetTargets-*.cmake"))
        if came != sorted(expected):
            print("expected", sorted(expected), "and found", came)
            return 1
        return subprocess.run([prefix / "bin/duet", "--help"]).returncode


if __name__ == "__main__":
    sys.exit(main())
