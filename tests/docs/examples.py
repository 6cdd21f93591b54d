"""Examples: the policies on a page and the cases that are run by them.

The comment above a block says what it is: `policy NAME`, `policy NAME = BASE +` (its sections and their entries go over
those of BASE), `file FILE of NAME` (one file of a folder), `cases for NAME`, or `each KEY for NAME`, where the name of
each case is what the policy has for KEY.
Above a table, `each KEY for NAME at INSTANT with MEMBERSHIP` makes a case of each row: its first column is what the
policy has for KEY, its last number the credit that is earned.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from tests.docs.blocks import Block, blocks

_TABLE = re.compile(
    r"^<!-- (each \w+ for [\w-]+) at (\S+)(?: with (.*?))? -->\n+((?:\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL
)


Files = Mapping[str, str]
"""The text of each file of a policy."""

ALONE = "policy.yaml"


def policies(page: list[Block]) -> dict[str, Files]:
    """Return the files of the policies of a page by the policy's name, fragments merged into their base."""
    found: dict[str, Files] = {}
    for block in page:
        if block.about.startswith("policy "):
            name, _, base = block.about.removeprefix("policy ").removesuffix(" +").partition(" = ")
            found[name] = {ALONE: merged(found[base][ALONE], block.text) if base else block.text}
        elif block.about.startswith("file "):
            file, _, name = block.about.removeprefix("file ").partition(" of ")
            found[name] = {**found.get(name, {}), file: block.text}
    return found


def cases(page: Path) -> list[Block]:
    """Return the blocks of cases on a page, and its tables of cases as such blocks."""
    text = page.read_text(encoding="utf-8")
    found = [block for block in blocks(page) if block.about.startswith(("cases", "each"))]
    for about, at, membership, rows in _TABLE.findall(text):
        written = [
            f'  - {{name: "{way}", at: "{at}", selection: {{plan: premium}}, expect: {{credit: {{earned: {row}}}}}}}'
            for line in rows.splitlines()[2:]
            for row in re.findall(r"\d+\.\d\d(?!\d)", line)[-1:]
            for way in re.findall(r"`(\{.*?\})`", line)
        ]
        head = f"membership: {membership or '{}'}\ncases:\n"
        found.append(Block("table", about, head + "\n".join(written), text.count("\n", 0, text.index(rows)) + 1))
    return found


def runs(block: Block, known: Mapping[str, Files], shared: str) -> Iterator[tuple[Files, str]]:
    """Yield the files of policies and the cases that are run by them."""
    way, _, name = block.about.partition(" for ")
    policy, text = known.get(name, known["shop"]), merged(shared, block.text)
    if not way.startswith("each "):
        yield policy, text if ALONE in policy else merged(text, "policy: .")
        return
    root: Any = yaml.compose(text)
    listed = next(value for key, value in root.value if key.value == "cases")
    for case in tuple(listed.value):
        listed.value = [case]
        title = next(value.value for key, value in case.value if key.value == "name")
        yield {ALONE: merged(policy[ALONE], f"{way.removeprefix('each ')}: {title}")}, str(yaml.serialize(root))


def merged(base: str, more: str) -> str:
    """Merge one YAML text over another: sections and their entries, each as it is written."""
    both = _over(yaml.compose(base), yaml.compose(more), 2)
    return str(yaml.serialize(both, width=10_000, allow_unicode=True))


def _over(below: Any, above: Any, depth: int) -> Any:
    if not (isinstance(below, yaml.MappingNode) and isinstance(above, yaml.MappingNode) and depth):
        return above
    entries = {key.value: (key, value) for key, value in below.value}
    for key, value in above.value:
        entries[key.value] = (key, _over(entries[key.value][1] if key.value in entries else None, value, depth - 1))
    return yaml.MappingNode(below.tag, list(entries.values()), flow_style=False)
