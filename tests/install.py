"""Installs into a folder of its own, and looks at what came.

    python3 tests/install.py CMAKE BUILD_FOLDER ROOT
"""

import pathlib
import subprocess
import sys
import tempfile


def main():
    cmake, build, root = sys.argv[1:]
    expected = ["bin/duet", "share/man/man1/duet.1"]
    for po in sorted(pathlib.Path(root, "po").glob("*.po")):
        expected.append(f"share/locale/{po.stem}/LC_MESSAGES/duet.mo")

    with tempfile.TemporaryDirectory(prefix="duet-install-") as folder:
        subprocess.run([cmake, "--install", build, "--prefix", folder], check=True)
        prefix = pathlib.Path(folder)
        came = sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file())
        if came != sorted(expected):
            print("expected", sorted(expected), "and found", came)
            return 1
        return subprocess.run([prefix / "bin/duet", "--help"]).returncode


if __name__ == "__main__":
    sys.exit(main())
