"""The layers: imports point down only, and nothing in the package is inexact."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import crossgrade

PACKAGE = Path(crossgrade.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS: dict[str, int] = {
    **dict.fromkeys(("model", "diagnostics", "errors", "wording", "bundled"), 0),
    "facts": 1,
    **dict.fromkeys(("reading", "matching", "billing"), 2),
    "deciding": 3,
    "loading": 4,
    "cases": 5,
    **dict.fromkeys(("serving", "reviewing"), 6),
    "__init__": 7,
    "cli": 8,
    "__main__": 9,
}
"""The floor of every part. A part may import its own floor only within itself, but for floor 0."""


def part_of(module: Path) -> str:
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports by a relative path"
            whole = node.module == "crossgrade"
            names = [f"crossgrade.{alias.name}" for alias in node.names] if whole else [node.module or ""]
        yield from (
            name.split(".")[1] if "." in name else "__init__" for name in names if name.split(".")[0] == "crossgrade"
        )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(module: Path) -> None:
    own = part_of(module)
    for other in imported(module):
        name = other if other in FLOORS else "__init__"
        below = FLOORS[name] < FLOORS[own] or FLOORS[own] == 0 == FLOORS[name]
        assert name == own or below, f"{own} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_inexact(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        place = f"{module}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Name) and node.id == "float"), place
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), place
        assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), place


def test_the_floors_are_those_of_the_package() -> None:
    assert {part_of(module) for module in MODULES} <= set(FLOORS)


def test_the_public_names_are_few_and_real() -> None:
    assert len(crossgrade.__all__) <= 20
    assert all(hasattr(crossgrade, name) for name in crossgrade.__all__)
