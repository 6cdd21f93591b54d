"""The files that come with the package: the schemas and the example policies."""

import json
from functools import cache
from pathlib import Path
from typing import Any


def schema_text(name: str) -> str:
    """Return the JSON Schema called `policy` or `cases` as it is written.

    An installed wheel carries the files inside the package; in the repository they lie beside `engine/`, and no
    copy of them is kept that could go stale.
    """
    return _folder("schemas").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema called `policy` or `cases`; shared, so it must not be changed."""
    read: dict[str, Any] = json.loads(schema_text(name))
    return read


def policies_folder() -> Path:
    """Return the folder that holds one folder for each policy that comes with the package."""
    return _folder("policies")


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent
    installed = package.joinpath("_bundled", name)
    return installed if installed.is_dir() else package.parent.parent.joinpath(name)
