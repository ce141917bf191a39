"""How a program test runs its scenes: each a function whose name is a sentence that is true."""

import argparse
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from .failure import Failed, Skipped
from .stage import Stage

SKIPPED_CODE = 77
Scene = Callable[[Stage], None]


class Scenes:
    """The scenes of one file, in order."""

    def __init__(self) -> None:
        self._scenes: list[tuple[str, Scene]] = []

    def scene(self, function: Scene) -> Scene:
        """Marks a function as a scene."""
        self.add(function.__name__.replace("_", " "), function)
        return function

    def add(self, sentence: str, function: Scene) -> None:
        """Adds a scene under a sentence of its own: one row of a table."""
        self._scenes.append((sentence, function))

    def main(self) -> int:
        """Plays all scenes of the command line; gives the exit code."""
        arguments = _arguments()
        wanted = [each for each in self._scenes if arguments.only in each[0]]
        results = [_play(sentence, scene, arguments.bin) for sentence, scene in wanted]
        if "failed" in results:
            print(f"{results.count('failed')} of {len(results)} scenes failed")
            return 1
        return SKIPPED_CODE if results and set(results) == {"skipped"} else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True, help="the folder with the programs")
    parser.add_argument("--only", default="", help="only scenes with these words in their name")
    arguments = parser.parse_args()
    arguments.bin = arguments.bin.resolve()
    return arguments


def _play(sentence: str, scene: Scene, programs: Path) -> str:
    stage = Stage(programs)
    result = play_safely(stage, lambda: scene(stage))
    print(f"{result:>8}  {sentence}", flush=True)
    return result


def play_safely(stage: Stage, acts: Callable[[], None], where: Callable[[], str] = str) -> str:
    """Plays, prints what went wrong, and clears the stage: `passed`, `failed` or `skipped`."""
    try:
        acts()
        stage.curtain()
        stage.check_sanitizers()
        return "passed"
    except Skipped as reason:
        print(f"not played: {reason}")
        return "skipped"
    except (Failed, OSError) as failure:
        print(f"{where()}{failure}")
    except Exception:  # A mistake in the play is told with its place, and fails it.
        print(f"{where()}{traceback.format_exc()}")
    finally:
        stage.close()
    print(stage.transcripts(), flush=True)
    return "failed"


def main(scenes: Scenes) -> None:
    """The last line of a program test."""
    sys.exit(scenes.main())
