"""Asks whether every translation is whole: nothing untranslated, doubtful, broken or forgotten.

    python3 tests/translations.py ROOT
"""

import pathlib
import subprocess
import sys
import tempfile


def run(*command):
    """Gives what the command said, and whether it was content."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout, done.returncode == 0


def what_the_programs_say(root, folder):
    """Collects what stands in tr("...") into a file that msgcmp can read."""
    sources = [
        path.relative_to(root)
        for path in sorted(root.glob("*/*.cpp"))
        if not path.stem.endswith(("_test", "_fuzz"))
    ]
    template = pathlib.Path(folder, "duet.pot")
    subprocess.run(
        ["xgettext", "--from-code=UTF-8", "--keyword=tr", "--force-po", "-o", template, *sources],
        cwd=root,
        check=True,
    )
    return template


def faults_of(po, template):
    for check in (
        ("msgfmt", "--check", "--output-file=/dev/null", po),
        ("msgcmp", po, template),
    ):
        said, content = run(*check)
        if not content:
            yield said
    for what in ("untranslated", "only-fuzzy", "only-obsolete"):
        said, _ = run("msgattrib", f"--{what}", "--no-wrap", po)
        if said:
            yield f"{po}: {what}:\n{said}"


def main():
    root = pathlib.Path(sys.argv[1])
    translations = sorted(root.glob("po/*.po"))
    with tempfile.TemporaryDirectory(prefix="duet-words-") as folder:
        template = what_the_programs_say(root, folder)
        faults = [fault for po in translations for fault in faults_of(po, template)]
    if not translations:
        faults = ["there is no translation in po/"]
    print("\n".join(faults) or f"{len(translations)} translations are whole")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
