"""An opened file is its nodes with those of the files it includes: what one version of a policy says."""

from collections.abc import Callable
from posixpath import basename, dirname, join

from msgspec import Struct, structs

from crossgrade.bundled import schema
from crossgrade.diagnostics import Finding
from crossgrade.reading.build_names import listed, nearest
from crossgrade.reading.build_nodes import names_in
from crossgrade.reading.located import Entries, Items, Node, Scalar, compose

_OF_THE_VERSION = ("policy", "effective", "include")
"""Keys that an included file cannot have: they say which version it is that includes."""


class Folder(Struct, frozen=True):
    """The files beside one that is read: their names, and how their bytes are got, None where they cannot be."""

    names: frozenset[str]
    read: Callable[[str], bytes | None]


EMPTY = Folder(frozenset(), lambda _: None)


class Opened(Struct, frozen=True):
    """A file and what it includes; `root` is None where it cannot be understood, `included` names the other files."""

    path: str
    root: Entries | None
    findings: tuple[Finding, ...]
    included: tuple[str, ...] = ()


def opened(path: str, text: bytes, folder: Folder = EMPTY) -> Opened:
    """Read one file, and into it the sections of those it includes.

    Mappings are merged and lists appended, the included files first, in the order in which they are named: a rule of
    an included file is asked before those of the file that includes it. The same entry twice is an error.
    """
    file = _alone(path, text, "a policy is a mapping of keys", "begin with `policy:` and an id")
    if file.root is None:
        return file
    names = [name for name in names_in(_include(file.root)) if isinstance(name.value, str) and name.value]
    parts = [_part(name, names[:index], path, folder) for index, name in enumerate(names)]
    findings = [*file.findings, *(finding for part in parts for finding in part.findings)]
    included = tuple(str(name.value) for name in names if name.value != basename(path))
    roots = [part.root for part in parts if part.root is not None]
    if len(roots) < len(parts):
        # What misses may stand in the file that could not be read.
        return Opened(path, None, tuple(findings), included)
    root, twice = _merged(file.root, roots)
    if crowded := _crowded(root):
        return Opened(path, None, (*findings, *crowded), included)
    return Opened(path, root, (*findings, *twice), included)


MOST_OF_A_SECTION = 2_000
"""Plans, rules, facts and so on of one policy, its included files counted."""


MOST_PAIRS = 100_000
"""Plans times rules: in the worst case each rule is compiled anew for each plan."""


def _crowded(root: Entries) -> list[Finding]:
    """Return a finding for each section with more entries than are read."""
    found = []
    for key in (key for key, _ in root.entries):
        count = _count(root, str(key.value))
        if count > MOST_OF_A_SECTION:
            message = f"`{key.value}` has {count:,} entries, the most that is read is {MOST_OF_A_SECTION:,}"
            found.append(Finding(key.place, "too-large", message, help=_SPLIT))
    plans, rules = _count(root, "plans"), sum(_count(root, section) for section in _RULES)
    if plans * rules > MOST_PAIRS:
        message = (
            f"{plans:,} plans and {rules:,} rules are {plans * rules:,} pairs, the most that is read is {MOST_PAIRS:,}"
        )
        found.append(Finding(root.place, "too-large", message, help=_SPLIT))
    return found


_SPLIT = "split the policy into several smaller ones"
_RULES = ("no_change", "restrictions", "transitions", "credits")


def _count(root: Entries, section: str) -> int:
    """Return how many entries a section has, 0 where it is none."""
    node = root.get(section)
    return len(node.items) if isinstance(node, Items) else len(node.entries) if isinstance(node, Entries) else 0


def _include(root: Entries) -> Node | None:
    """Return what is included, also where the key is misspelt, which the schema reports."""
    known = schema("policy")["properties"]
    near = (node for key, node in root.entries if key.value not in known and nearest(str(key.value), ["include"]))
    return root.get("include") or next(near, None)


def _alone(path: str, text: bytes, meaning: str, beginning: str) -> Opened:
    """Read one file for itself; `meaning` says what it is and `beginning` how it begins."""
    root, findings = compose(text, path)
    if root is not None and not isinstance(root, Entries):
        found = "a list" if isinstance(root, Items) else "text"
        findings.append(Finding(root.place, "wrong-type", f"{meaning}, found {found}", help=beginning))
    # Whatever misses in the first of several documents may stand in the second.
    several = any(finding.code == "several-documents" for finding in findings)
    known = root if isinstance(root, Entries) and not several else None
    return Opened(path, known, tuple(_helped(finding, beginning) for finding in findings))


def _helped(finding: Finding, beginning: str) -> Finding:
    return structs.replace(finding, help=beginning) if finding.code == "empty-file" else finding


def _part(name: Scalar, before: list[Scalar], path: str, folder: Folder) -> Opened:
    """Read an included file; its root is None where there is none to be read."""
    word = str(name.value)
    problem = _unfit(name, before, path, folder)
    text = None if problem else folder.read(word)
    if problem or text is None:
        unreadable = Finding(name.place, "unreadable-file", f"the file `{word}` cannot be read")
        return Opened(word, None, (problem or unreadable,))
    meaning, beginning = "an included file is a mapping of sections", "write a section such as `plans:`"
    part = _alone(join(dirname(path), word), text, meaning, beginning)
    if part.root is None:
        return part
    own = [key for key in _OF_THE_VERSION if part.root.key(key)]
    findings = [*part.findings, *_foreign(part.root, own, name)]
    return Opened(part.path, _without(part.root, *own), tuple(findings))


def _unfit(name: Scalar, before: list[Scalar], path: str, folder: Folder) -> Finding | None:
    """Return why a name cannot be included, None where it can."""
    word = str(name.value)
    first = next((other for other in before if other.value == word), None)
    if first is not None:
        others = ((first.place, "first included here"),)
        return Finding(name.place, "bad-include", f"`{word}` is included twice", help="remove one", others=others)
    if "/" in word or "\\" in word:
        remedy = "write the name of a file beside this one, such as `plans.yaml`"
        return Finding(name.place, "bad-include", f"`{word}` is not the name of a file of this folder", help=remedy)
    if word == basename(path):
        return Finding(name.place, "bad-include", f"`{word}` includes itself", help="remove it here")
    return None if word in folder.names else _missing(name, folder)


def _missing(name: Scalar, folder: Folder) -> Finding:
    near = nearest(str(name.value), folder.names)
    remedy = f"did you mean `{near}`?" if near else "files are included from the folder of the file that includes them"
    return Finding(name.place, "bad-include", f"there is no file `{name.value}` in this folder", help=remedy)


def _foreign(root: Entries, own: list[str], name: Scalar) -> list[Finding]:
    """Return a finding where an included file says what only the file that includes it can say."""
    key = root.key(own[0]) if own else None
    if key is None:
        return []
    message = f"an included file has no {listed(own, 'or')} of its own"
    they = "it stands" if len(own) == 1 else "they stand"
    remedy = f"remove {listed(own)}; {they} in the file that includes this one"
    return [Finding(key.place, "key-of-the-version", message, help=remedy, others=((name.place, "included here"),))]


def _without(root: Entries, *keys: str) -> Entries:
    return Entries(tuple((key, node) for key, node in root.entries if key.value not in keys), root.place)


def _merged(own: Entries, parts: list[Entries]) -> tuple[Entries, list[Finding]]:
    """Return the sections of all files as one mapping, and a finding for each entry that is written twice."""
    merged: dict[str, tuple[Scalar, Node]] = {}
    findings: list[Finding] = []
    for root in (*parts, own):
        for key, node in root.entries:
            word = str(key.value)
            merged[word] = _joined(merged[word], (key, node), findings) if word in merged else (key, node)
    order = dict.fromkeys([*own.keys(), *merged])
    return Entries(tuple(merged[word] for word in order), own.place), findings


def _joined(first: tuple[Scalar, Node], second: tuple[Scalar, Node], findings: list[Finding]) -> tuple[Scalar, Node]:
    """Return a section of two files as one; one of the wrong shape is kept alone, for the schema to tell of."""
    (key, one), (_, other) = first, second
    if isinstance(one, Entries) and isinstance(other, Entries):
        return key, _joined_entries(str(key.value), one, other, findings)
    if isinstance(one, Items) and isinstance(other, Items):
        return key, Items((*one.items, *other.items), one.place)
    wanted = _SHAPES.get(schema("policy")["properties"].get(key.value, {}).get("type"))
    if wanted is None:
        findings.append(_twice(key, second[0], f"`{key.value}`"))
    return second if wanted is not None and isinstance(one, wanted) else first


_SHAPES = {"object": Entries, "array": Items}


def _joined_entries(section: str, one: Entries, other: Entries, findings: list[Finding]) -> Entries:
    known = {str(key.value): (key, node) for key, node in one.entries}
    for key, node in other.entries:
        word = str(key.value)
        if word in known:
            findings.append(_twice(known[word][0], key, f"`{word}` under `{section}`"))
        known.setdefault(word, (key, node))
    return Entries(tuple(known.values()), one.place)


def _twice(first: Scalar, second: Scalar, entry: str) -> Finding:
    message = f"{entry} is written in two files"
    others = ((first.place, "first written here"),)
    return Finding(second.place, "duplicate-key", message, help="keep one of the two", others=others)
