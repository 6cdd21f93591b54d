"""Places: where in its files a policy says a rule, a plan, a family or a credit rule."""

from collections.abc import Iterator
from pathlib import Path

from crossgrade.diagnostics import Place
from crossgrade.loading import CASES_FILE
from crossgrade.model.policy import Policy
from crossgrade.reading.located import Entries, Items, Node, Scalar
from crossgrade.reading.opening import Folder, Opened, opened
from crossgrade.reviewing.laws.law import Section


class Places:
    """The file of one version, with those it includes, read once more for its places."""

    def __init__(self, path: Path, policy: Policy) -> None:
        self._file = next(_versions(path, policy), None)
        self._path = path.as_posix() if self._file is None else self._file.path

    def of(self, section: Section, id: str) -> Place:
        """Return where an id stands in a section, the section itself where it cannot be found there."""
        root = None if self._file is None else self._file.root
        node = None if root is None else root.get(section)
        found = _key(node, id) or _item(node, id) or (None if root is None else root.key(section))
        return Place(self._path) if found is None else found.place


def _key(node: Node | None, id: str) -> Scalar | None:
    return node.key(id) if isinstance(node, Entries) else None


def _item(node: Node | None, id: str) -> Node | None:
    """Return the id of the entry of a list that has this one."""
    for item in node.items if isinstance(node, Items) else ():
        found = item.get("id") if isinstance(item, Entries) else None
        if isinstance(found, Scalar) and found.value == id:
            return found
    return None


def _versions(path: Path, policy: Policy) -> Iterator[Opened]:
    """Return the file that says a version, by its id and its first day."""
    folder = path if path.is_dir() else path.parent
    beside = Folder(
        frozenset(file.name for file in folder.glob("*.y*ml") if file.name != CASES_FILE),
        lambda name: folder.joinpath(name).read_bytes(),
    )
    for file in sorted(folder.joinpath(name) for name in beside.names) if path.is_dir() else [path]:
        found = opened(file.as_posix(), file.read_bytes(), beside)
        if found.root is not None and _says(found.root, policy):
            yield found


def _says(root: Entries, policy: Policy) -> bool:
    said = {"policy": policy.id, "effective": policy.effective.isoformat()}
    values = {key: root.get(key) for key in said}
    return all(isinstance(node, Scalar) and node.value == said[key] for key, node in values.items())
