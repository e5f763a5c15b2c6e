"""Builds the demo desk: replays history/ through gitdesk itself, one commit an event, then shows what came out.

python example-repo/build.py [FOLDER] makes FOLDER (demo-desk), replacing one that was made so before and nothing
else; --quiet shows nothing; --remove only removes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from replay import Replay
from story import Story

HERE = Path(__file__).resolve().parent
GITDESK = (sys.executable, "-m", "gitdesk")
NOW = "2026-11-22T09:00:00Z"  # the morning after the last event
MARK = "gitdesk.demo"
BRANCH = "main"


def surroundings() -> dict[str, str]:
    """Returns an environment in which only the story decides who, when and how."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    kept = {
        name: os.environ[name]
        for name in ("HOME", "LANG", "LC_ALL", "TZ", "TERM", "COLUMNS")
        if name in os.environ
    }
    sealed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GITDESK_PAGER": "cat"}
    return {**kept, "PATH": path, **sealed}


def run(command: Sequence[str], environ: Mapping[str, str], *, quiet: bool = False) -> None:
    """Runs a program to its end; its failure ends ours, and then what it said is shown in any case."""
    sys.stdout.flush()
    said = subprocess.PIPE if quiet else None
    done = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        sys.stderr.write(f"{done.stdout or ''}{done.stderr or ''}")
        raise SystemExit(f"error: {' '.join(command)} ended with {done.returncode}")


def is_ours(folder: Path) -> bool:
    """Tells whether a folder is a desk this program made: it left a mark in the clone's configuration."""
    if not (folder / ".git").is_dir():
        return False
    asked = ["git", "-C", str(folder), "config", "--local", "--get", MARK]
    found = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return found.stdout.strip() == b"true"


def remove(folder: Path) -> None:
    """Removes a desk made here before; refuses whatever else has that name."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not is_ours(folder):
        raise SystemExit(
            f"error: {folder} was not made by this program and is left alone\nhint: name another folder"
        )
    shutil.rmtree(folder)


def build(folder: Path) -> Replay:
    """Makes the desk and replays the whole story on it; returns the replay, which knows the tickets' ids."""
    text = (HERE / "gitdesk.yaml").read_text(encoding="utf-8")
    story = Story(HERE / "history", yaml.safe_load(text))
    replay = Replay(story, folder, surroundings(), BRANCH)
    first = folder.with_name(f".{folder.name}.yaml")
    first.write_text(replay.first_version(text), encoding="utf-8")
    try:
        environ = replay.environ(story.begin, story.actors["petra"])
        run(["git", "init", "--quiet", "--initial-branch", BRANCH, str(folder)], environ)
        run(["git", "-C", str(folder), "config", MARK, "true"], environ)
        run([*GITDESK, "init", str(folder), "--from", str(first)], environ, quiet=True)
    finally:
        first.unlink()
    replay.run()
    return replay


def show(folder: Path, replay: Replay) -> None:
    """Shows the queue, one ticket with its thread and one audit trail, as anybody would ask for them."""
    environ = {**surroundings(), "GITDESK_NOW": NOW, "GITDESK_DIR": str(folder)}
    thread, trail = replay.ids["lost-buoy"], replay.ids["board-offline-2"]
    for title, words in (
        ("the queue", ("list",)),
        ("one ticket with its thread", ("show", thread)),
        ("one audit trail", ("log", trail)),
    ):
        sys.stdout.write(f"\n$ gitdesk {' '.join(words)}    # {title}\n\n")
        run([*GITDESK, *words], environ)
    name = os.path.relpath(folder)
    program = os.path.relpath(Path(sys.executable).with_name("gitdesk"))
    sys.stdout.write(
        f"\nThe desk is in {name}: {replay.commits} commits by {replay.authors} people. Try this next:\n"
        f"  {program} -C {name} search σοφος\n"
        f"  {program} -C {name} list --all tag:battery,firmware 'created>=2026-10-01'\n"
        f"  {program} -C {name} show {trail} --at 2026-11-16T14:00:00Z\n"
    )


def main() -> int:
    """Builds and shows, or removes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default="demo-desk", type=Path)
    parser.add_argument("--quiet", action="store_true", help="show nothing")
    parser.add_argument("--remove", action="store_true", help="only remove a desk made before")
    args = parser.parse_args()
    folder: Path = args.folder.absolute()
    remove(folder)
    if args.remove:
        return 0
    if not args.quiet:
        sys.stdout.write(f"building {args.folder} out of example-repo/history …\n")
    replay = build(folder)
    if not args.quiet:
        show(folder, replay)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
