"""A store that watches takes what changes, however it changes, and outlives what a callback raises."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from time import monotonic, sleep

import pytest
from tests.serving.shop import due, policy, write

from crossgrade import CrossgradeError
from crossgrade.serving import PolicyStore, Reload


def wait_until(condition: Callable[[], bool], seconds: int = 20) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not come"
        sleep(0.01)


@pytest.fixture
def stores() -> Iterator[list[PolicyStore]]:
    """Stop every store of a test, even where it fails."""
    made: list[PolicyStore] = []
    yield made
    for store in made:
        store.stop()


def watched() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("crossgrade-")]


def test_what_changes_is_served(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    with PolicyStore(tmp_path) as store:
        assert store.status.watching
        store.watch()
        assert watched().count("crossgrade-watch") == 1
        for price in (30, 40):
            write(tmp_path, policy(price))
            wait_until(lambda price=price: due(store.engine()) == f"{price}.00")  # type: ignore[misc]
        write(tmp_path, policy(50).replace("USD", "XYZ"))
        wait_until(lambda: bool(store.status.faults))
        assert due(store.engine()) == "40.00"
    assert not store.status.watching
    assert due(store.engine()) == "40.00"


def test_watching_may_stop_and_begin_again(tmp_path: Path, stores: list[PolicyStore]) -> None:
    write(tmp_path, policy(20))
    stores.append(store := PolicyStore(tmp_path))
    store.stop()
    store.watch()
    store.stop()
    store.stop()
    write(tmp_path, policy(30))
    assert due(store.engine()) == "20.00"
    store.watch()
    wait_until(lambda: due(store.engine()) == "30.00")


def test_a_change_between_loading_and_watching_is_seen(tmp_path: Path, stores: list[PolicyStore]) -> None:
    write(tmp_path, policy(20))
    stores.append(store := PolicyStore(tmp_path))
    write(tmp_path, policy(30))
    store.watch(every=3600)
    wait_until(lambda: due(store.engine()) == "30.00")


def test_what_is_not_announced_is_seen_in_time(tmp_path: Path, stores: list[PolicyStore]) -> None:
    """The folder is a link, which a deployment lets lead elsewhere: nothing changes where the system looks."""
    write(tmp_path / "releases/1", policy(20))
    write(tmp_path / "releases/2", policy(30))
    tmp_path.joinpath("live").symlink_to("releases/1")
    stores.append(store := PolicyStore(tmp_path / "live"))
    store.watch(every=1)
    sleep(0.3)  # the first look is over
    tmp_path.joinpath("next").symlink_to("releases/2")
    tmp_path.joinpath("next").rename(tmp_path / "live")
    wait_until(lambda: due(store.engine()) == "30.00")


def test_a_folder_may_go_and_come_back(tmp_path: Path, stores: list[PolicyStore]) -> None:
    write(tmp_path / "live", policy(20))
    stores.append(store := PolicyStore(tmp_path / "live"))
    store.watch(every=1)
    rmtree(tmp_path / "live")
    wait_until(lambda: bool(store.status.faults))
    assert due(store.engine()) == "20.00"
    write(tmp_path / "live", policy(30))
    wait_until(lambda: due(store.engine()) == "30.00")
    assert not store.status.faults


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    write(tmp_path / "live", policy(20))
    store = PolicyStore(tmp_path / "live")
    rmtree(tmp_path / "live")
    with pytest.raises(FileNotFoundError):
        store.watch()
    with pytest.raises(ValueError, match="every: expected 1 second or more, found 0"):
        store.watch(every=0)
    assert not store.status.watching


def test_a_link_within_the_folder_may_change(tmp_path: Path, stores: list[PolicyStore]) -> None:
    """Kubernetes exchanges a hidden link that the files lead through."""
    for number, price in ((1, 20), (2, 30)):
        write(tmp_path / f"..{number}", policy(price))
    tmp_path.joinpath("..data").symlink_to("..1")
    tmp_path.joinpath("policy.yaml").symlink_to("..data/policy.yaml")
    stores.append(store := PolicyStore(tmp_path))
    store.watch(every=3600)
    sleep(0.3)  # the first look is over
    tmp_path.joinpath("..next").symlink_to("..2")
    tmp_path.joinpath("..next").rename(tmp_path / "..data")
    wait_until(lambda: due(store.engine()) == "30.00")


def test_what_a_callback_raises_is_reported_and_watching_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stores: list[PolicyStore]
) -> None:
    write(tmp_path, policy(20))
    reported: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda seen: reported.append(str(seen.exc_value)))

    def fail(reload: Reload) -> None:
        raise RuntimeError(f"cannot tell: {reload.outcome}")

    stores.append(store := PolicyStore(tmp_path, on_reload=fail))
    store.watch()
    for number, price in enumerate((30, 40), 1):
        write(tmp_path, policy(price))
        wait_until(lambda number=number: len(reported) >= number)  # type: ignore[misc]
        assert due(store.engine()) == f"{price}.00"
    assert reported == ["cannot tell: taken"] * 2
    assert store.status.watching


def test_a_callback_may_stop_the_watching(tmp_path: Path, stores: list[PolicyStore]) -> None:
    write(tmp_path, policy(20))
    stores.append(store := PolicyStore(tmp_path, on_reload=lambda _: store.stop()))
    store.watch()
    write(tmp_path, policy(30))
    wait_until(lambda: not store.status.watching)
    assert due(store.engine()) == "30.00"


def test_watchfiles_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    with pytest.raises(CrossgradeError, match=r"pip install 'crossgrade\[watch\]'"):
        store.watch()
    assert not store.status.watching
    assert due(store.engine()) == "20.00"


def test_serving_does_not_import_watchfiles() -> None:
    code = "import sys, crossgrade.serving; sys.exit('watchfiles' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


END = """
import atexit, os, sys, threading, time
from crossgrade.serving import PolicyStore
alive = lambda: [thread.name for thread in threading.enumerate() if thread.name == "crossgrade-watch"]
atexit.register(lambda: alive() and print("still watching at the end", alive()))
store = PolicyStore(sys.argv[1], on_reload=lambda _: time.sleep(60) if "hang" in sys.argv else None)
store.watch(every=1)
if "hang" in sys.argv:
    text = open(sys.argv[1] + "/policy.yaml").read()
    open(sys.argv[1] + "/policy.yaml", "w").write(text.replace("20", "30"))
    while store.engine().policy.plans["premium"].prices["monthly"].amounts["USD"] != 3000:
        time.sleep(0.01)
if "worker" in sys.argv:
    time.sleep(0.3)
    worker = os.fork()
    if not worker:
        store.watch(every=1)
        time.sleep(0.3)
    else:
        assert os.waitpid(worker, 0)[1] == 0
"""


@pytest.mark.parametrize("how", ["idle", "hang", "worker"])
def test_a_process_may_end_while_it_watches(tmp_path: Path, how: str) -> None:
    write(tmp_path, policy(20))
    command = [sys.executable, "-c", END, tmp_path.as_posix(), how]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
