"""Asks clang-format whether it would change anything.

    python3 tests/format.py ROOT
"""

import pathlib
import subprocess
import sys


def main():
    root = pathlib.Path(sys.argv[1])
    files = sorted(
        path.relative_to(root).as_posix()
        for pattern in ("*/*.[ch]pp", "*/*/*.[ch]pp")
        for path in root.glob(pattern)
        if path.relative_to(root).parts[0] != "build"
    )
    command = ["clang-format-19", "--style=file", "--dry-run", "-Werror", *files]
    asked = subprocess.run(command, cwd=root, stderr=subprocess.PIPE, text=True)
    if asked.returncode == 0:
        return 0
    print(asked.stderr)
    crooked = sorted({line.split(":")[0] for line in asked.stderr.splitlines() if ": error: " in line})
    print("clang-format-19 -i", *crooked)
    return 1


if __name__ == "__main__":
    sys.exit(main())
