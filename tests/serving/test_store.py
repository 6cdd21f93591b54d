"""A store serves one valid state of its folder, and says what it does."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.serving.shop import ask, cases, due, policy, write

from crossgrade import CrossgradeError, InvalidPolicy, load
from crossgrade.serving import CasesFailed, PolicyStore, Reload, UnknownPolicy, candidate


def test_a_folder_of_one_policy(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    assert due(store.engine()) == due(store.engine("shop")) == "20.00"


def test_a_folder_of_folders(tmp_path: Path) -> None:
    write(tmp_path / "a", policy(20, id="first"))
    write(tmp_path / "b", policy(30, id="second"))
    write(tmp_path / "b", cases(30), "cases.yaml")
    write(tmp_path / "notes", "Buy milk.", "notes.txt")
    write(tmp_path / ".git", "no policy", "policy.yaml")
    store = PolicyStore(tmp_path)
    assert (due(store.engine("first")), due(store.engine("second"))) == ("20.00", "30.00")
    assert [ref.id for ref in store.status.policies] == ["first", "second"]


def test_the_policies_that_come_with_the_package() -> None:
    store = PolicyStore(Path(__file__).parents[2] / "policies")
    assert len(store.status.policies) > 20


def test_the_matcher_is_the_one_asked_for(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path, matcher="both")
    write(tmp_path, policy(30))
    store.reload()
    assert store.engine().matcher == "both"


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("empty", "error[missing-file]: the folder `{}` holds no policy"),
        ("nowhere", "error[missing-file]: there is no folder `{}`"),
        ("broken", "policy.yaml:3:11: error[unknown-currency]"),
        ("twice", "error[duplicate-id]: the policy `shop` is in two folders"),
    ],
)
def test_what_cannot_be_served_from_the_start(tmp_path: Path, folder: str, message: str) -> None:
    tmp_path.joinpath("empty").mkdir()
    write(tmp_path / "broken", policy(20).strip().replace("USD", "XYZ"))
    for name in "ab":
        write(tmp_path / "twice" / name, policy(20))
    with pytest.raises(InvalidPolicy) as raised:
        PolicyStore(tmp_path / folder)
    assert message.format((tmp_path / folder).as_posix()) in str(raised.value)


def test_cases_that_fail_from_the_start(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    write(tmp_path, cases(21), "cases.yaml")
    with pytest.raises(CasesFailed) as raised:
        PolicyStore(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path.as_posix()}/cases.yaml:4: the price of the day\n  due_now: expected 21, found 20.00"
    )
    assert isinstance(raised.value, CrossgradeError)
    assert [result.name for result in raised.value.failed] == ["the price of the day"]


def test_how_many_are_kept() -> None:
    with pytest.raises(ValueError, match="keep: expected 0 or more, found -1"):
        PolicyStore("policies", keep=-1)


def test_unknown_names(tmp_path: Path) -> None:
    write(tmp_path / "a", policy(20, id="alpha"))
    write(tmp_path / "b", policy(20, id="beta"))
    store = PolicyStore(tmp_path)
    for asked, message in (
        ("alpa", "there is no policy `alpa`; help: did you mean `alpha`?"),
        ("zzz", "there is no policy `zzz`; help: the store holds `alpha`, `beta`"),
        (None, "the store holds several policies; help: name one of `alpha`, `beta`"),
    ):
        with pytest.raises(UnknownPolicy) as raised:
            store.engine(asked)
        assert (str(raised.value), raised.value.asked) == (message, asked or "")
    for find in (store.policy, store.by_digest):
        with pytest.raises(UnknownPolicy, match="no policy of the digest `sha256:0` is served or kept"):
            find("sha256:0")


def test_a_reload_takes_what_is_valid(tmp_path: Path) -> None:
    write(tmp_path / "a", policy(20, id="first"))
    write(tmp_path / "b", policy(20, id="second"))
    told: list[Reload] = []
    store = PolicyStore(tmp_path, on_reload=told.append)
    first, second, before = store.engine("first"), store.engine("second"), store.status
    write(tmp_path / "a", policy(30, id="first"))
    write(tmp_path / "c", policy(40, id="third"))
    reload = store.reload()
    assert (reload.outcome, reload.changed, bool(reload.faults)) == ("taken", ("first", "third"), False)
    assert told == [reload]
    assert (due(first), due(store.engine("first")), due(store.engine("third"))) == ("20.00", "30.00", "40.00")
    assert store.engine("second") is second
    assert before.taken_at < store.status.taken_at == store.status.tried_at == reload.at <= datetime.now(UTC)


def test_nothing_new_leaves_everything(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)
    engine, before = store.engine(), store.status
    for text in (policy(20), policy(20) + "# a comment\n"):
        write(tmp_path, text)
        assert store.reload().outcome == "unchanged"
    assert store.engine() is engine
    assert before.taken_at == store.status.taken_at < store.status.tried_at
    assert store.status.policies == before.policies


BAD = [
    ("policy.yaml", policy(30).replace("USD", "XYZ"), "error[unknown-currency]"),
    ("policy.yaml", "{", "error[yaml-syntax]"),
    ("policy.yaml", "", "error[empty-file]"),
    ("policy.yaml", policy(30), "due_now: expected 20, found"),
    ("policy.yaml", policy(30, id="other"), "the policy `shop` is gone\nhelp: put it back"),
    ("cases.yaml", cases(21), "due_now: expected 21, found 20.00"),
    ("cases.yaml", "cases: []", "this list is empty"),
    ("cases.yaml", cases(20) + "policy: nowhere.yaml", "there is no file"),
]


@pytest.mark.parametrize(("file", "text", "message"), BAD)
def test_a_reload_keeps_the_last_good_one(tmp_path: Path, file: str, text: str, message: str) -> None:
    write(tmp_path / "a", policy(20))
    write(tmp_path / "a", cases(20), "cases.yaml")
    write(tmp_path / "b", policy(20, id="beside"))
    told: list[Reload] = []
    store = PolicyStore(tmp_path, on_reload=told.append)
    engine, before = store.engine("shop"), store.status
    if "gone" in message:
        tmp_path.joinpath("a/cases.yaml").unlink()
    write(tmp_path / "a", text, file)
    write(tmp_path / "b", policy(40, id="beside"))
    reload = store.reload()
    assert (reload.outcome, reload.changed) == ("kept", ())
    assert message in reload.faults.text
    assert told == [reload]
    assert store.engine("shop") is engine
    assert due(store.engine("beside")) == "20.00", "a folder is taken as a whole or not at all"
    assert store.status.faults == reload.faults
    assert (store.status.policies, store.status.taken_at) == (before.policies, before.taken_at)
    write(tmp_path / "a", policy(50))
    write(tmp_path / "a", cases(50), "cases.yaml")
    assert store.reload().changed == ("shop", "beside")
    assert not store.status.faults


def test_a_folder_that_goes_and_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "live", policy(20))
    store = PolicyStore(tmp_path / "live")
    tmp_path.joinpath("live").rename(tmp_path / "away")
    assert "there is no folder" in store.reload().faults.text
    assert due(store.engine()) == "20.00"
    tmp_path.joinpath("away").rename(tmp_path / "live")
    assert store.reload().outcome == "unchanged"
    assert not store.status.faults


def test_a_policy_may_move_to_another_folder(tmp_path: Path) -> None:
    write(tmp_path / "a", policy(20))
    store = PolicyStore(tmp_path)
    engine = store.engine()
    tmp_path.joinpath("a").rename(tmp_path / "b")
    assert store.reload().outcome == "unchanged"
    assert store.engine() is engine
    write(tmp_path / "b", policy(30))
    assert store.reload().outcome == "taken"


def test_a_folder_that_goes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "live" / "a", policy(20))
    store = PolicyStore(tmp_path / "live")

    def read(*arguments: object, **options: object) -> object:
        tmp_path.joinpath("live").rename(tmp_path / "away")
        try:
            return load(*arguments, **options)  # type: ignore[arg-type]
        finally:
            tmp_path.joinpath("away").rename(tmp_path / "live")

    monkeypatch.setattr(candidate, "load", read)
    write(tmp_path / "live" / "a", policy(30))
    assert "error[missing-file]: there is no file" in store.reload().faults.text
    monkeypatch.undo()
    assert store.reload().outcome == "taken"


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, policy(20))
    store = PolicyStore(tmp_path)

    def read(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(candidate, "load", read)
    write(tmp_path, policy(30))
    (finding,) = store.reload().faults.findings
    assert (finding.code, finding.message) == (
        "unreadable-file",
        f"`{tmp_path.as_posix()}` cannot be read: Permission denied",
    )


def test_a_link_that_leads_nowhere_is_no_crash(tmp_path: Path) -> None:
    write(tmp_path / "a", policy(20))
    store = PolicyStore(tmp_path)
    tmp_path.joinpath("a/policy.yaml").unlink()
    tmp_path.joinpath("a/policy.yaml").symlink_to("nowhere.yaml")
    assert store.reload().outcome == "kept"
    assert due(store.engine()) == "20.00"


@pytest.mark.parametrize(("times", "outcome"), [(1, "taken"), (99, "kept")])
def test_a_folder_that_is_written_to_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, outcome: str
) -> None:
    """What is served is never made of a policy of one state of the folder and cases of another."""
    write(tmp_path, policy(20))
    write(tmp_path, cases(20), "cases.yaml")
    store = PolicyStore(tmp_path)
    left = iter(range(times))

    def read(*arguments: object, **options: object) -> object:
        engine = load(*arguments, **options)  # type: ignore[arg-type]
        if next(left, None) is not None:
            write(tmp_path, policy(40))
            write(tmp_path, cases(40), "cases.yaml")
        return engine

    monkeypatch.setattr(candidate, "load", read)
    write(tmp_path, policy(30))
    write(tmp_path, cases(30), "cases.yaml")
    assert store.reload().outcome == outcome
    if outcome == "kept":
        (finding,) = store.status.faults.findings
        assert finding.message.endswith("was written to while it was read, 3 times in a row")
    assert due(store.engine()) == ("40.00" if outcome == "taken" else "20.00")


def test_what_a_callback_raises_comes_after_the_exchange(tmp_path: Path) -> None:
    write(tmp_path, policy(20))

    def fail(reload: Reload) -> None:
        assert store.engine().policy.digest in str(store.status)
        raise RuntimeError(reload.outcome)

    store = PolicyStore(tmp_path, on_reload=fail)
    for price, outcome in ((30, "taken"), (40, "taken"), (40, "unchanged")):
        write(tmp_path, policy(price))
        with pytest.raises(RuntimeError, match=outcome):
            store.reload()
        assert due(store.engine()) == f"{price}.00"


def test_a_callback_may_reload(tmp_path: Path) -> None:
    write(tmp_path, policy(20))
    outcomes = []

    def again(reload: Reload) -> None:
        outcomes.append(reload.outcome)
        if reload.outcome == "taken":
            store.reload()

    store = PolicyStore(tmp_path, on_reload=again)
    write(tmp_path, policy(30))
    store.reload()
    assert outcomes == ["taken", "unchanged"]


def test_a_change_of_directory_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "live", policy(20))
    monkeypatch.chdir(tmp_path)
    store = PolicyStore("live")
    monkeypatch.chdir("/")
    write(tmp_path / "live", policy(30))
    assert store.reload().outcome == "taken"


def test_one_event_is_logged_for_a_reload(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, policy(20))
    with caplog.at_level(logging.DEBUG):
        store = PolicyStore(tmp_path)
        for text in (policy(30), policy(30), policy(30).replace("USD", "XYZ")):
            write(tmp_path, text)
            store.reload()
            ask(store.engine(), 25)
    assert [(record.name, record.levelname, vars(record)["outcome"]) for record in caplog.records] == [
        ("crossgrade.serving", "INFO", "taken"),
        ("crossgrade.serving", "INFO", "taken"),
        ("crossgrade.serving", "INFO", "unchanged"),
        ("crossgrade.serving", "ERROR", "kept"),
    ]
    for record in caplog.records[1:]:
        assert vars(record)["digests"] == {"shop": store.engine().policy.digest}
        assert vars(record)["folder"] == tmp_path.as_posix()
    assert [vars(record)["changed"] for record in caplog.records] == [["shop"], ["shop"], [], []]
    assert "error[unknown-currency]" in vars(caplog.records[-1])["faults"]
    assert "error[unknown-currency]" in caplog.text
