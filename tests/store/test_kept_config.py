"""The kept configuration is the one of its file or none, whatever stands in its place."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.domain import config, people, workflow
from gitdesk.store import kept_config
from gitdesk.store.git import Repo
from gitdesk.value import Value, parts_of

OID, OTHER = "1" * 40, "2" * 40
PLAIN = {"name": 'Žurno "1"\n', "none": None, "list": [1, 2.5, True, {}], "deep": {"a": ["x", []]}}


@pytest.fixture
def made(repo: RepoFactory) -> GitRepository:
    return repo()


def opened(made: GitRepository) -> Repo:
    return Repo.discover(str(made.path), os.environ)


def place(made: GitRepository) -> Path:
    return made.path / ".git" / "gitdesk" / "config.json"


def test_what_is_kept_is_given_back_for_its_own_file_only(made: GitRepository) -> None:
    assert kept_config.load(opened(made), OID) is None
    kept_config.save(opened(made), OID, PLAIN)
    assert kept_config.load(opened(made), OID) == PLAIN
    assert kept_config.load(opened(made), OTHER) is None
    kept_config.save(opened(made), OTHER, {})
    assert kept_config.load(opened(made), OTHER) == {}
    assert kept_config.load(opened(made), OID) is None
    assert os.listdir(place(made).parent) == ["config.json"]


def test_what_is_kept_under_another_name_is_another_thing(made: GitRepository) -> None:
    kept_config.save(opened(made), OID, PLAIN)
    kept_config.save(opened(made), OID, {"other": 1}, "other")
    assert kept_config.load(opened(made), OID) == PLAIN
    assert kept_config.load(opened(made), OID, "other") == {"other": 1}


@pytest.mark.parametrize("cut", [0, 5, 60, 62, 70, -1])
def test_a_damaged_file_is_as_good_as_none(made: GitRepository, cut: int) -> None:
    kept_config.save(opened(made), OID, PLAIN)
    place(made).write_bytes(place(made).read_bytes()[:cut])
    assert kept_config.load(opened(made), OID) is None


def test_neither_a_link_nor_a_pipe_nor_a_folder_in_its_place_is_followed(
    made: GitRepository, tmp_path: Path
) -> None:
    kept_config.save(opened(made), OID, PLAIN)
    place(made).rename(tmp_path / "elsewhere")
    place(made).symlink_to(tmp_path / "elsewhere")
    assert kept_config.load(opened(made), OID) is None
    place(made).unlink()
    os.mkfifo(place(made))
    assert kept_config.load(opened(made), OID) is None
    place(made).unlink()
    place(made).mkdir()
    assert kept_config.load(opened(made), OID) is None
    kept_config.save(opened(made), OID, PLAIN)
    assert os.listdir(place(made).parent) == ["config.json"]


def test_where_nothing_can_be_kept_nothing_is_said(
    made: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "write", full)
    kept_config.save(opened(made), OID, PLAIN)
    assert os.listdir(place(made).parent) == []


def test_it_is_read_as_json_reads_it() -> None:
    text = json.dumps(PLAIN)
    assert kept_config._parse(text) == json.loads(text)


def test_another_shape_of_the_configuration_has_another_number() -> None:
    """When this fails, count FORM up and write the new digest here: files kept by older versions are then left be."""
    kinds = [
        one
        for module in (config, people, workflow)
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, Value)
        and one is not Value
        and one.__module__ == module.__name__
    ]
    shape = sorted((one.__name__, parts_of(one)) for one in kinds)
    digest = hashlib.sha256(repr(shape).encode()).hexdigest()[:16]
    assert (kept_config.FORM, digest) == (5, "cd8ae392c6b5d1de")
