"""Mistakes: what is found in the examples of the pages on errors, and the codes there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.docs.blocks import DOCS, Block, blocks

from crossgrade import loading
from crossgrade.cases import written as cases
from crossgrade.diagnostics import Finding
from crossgrade.errors import InvalidFacts
from crossgrade.reading.expectation import FORMS
from crossgrade.reading.located import compose, plain
from crossgrade.reviewing.laws.findings import law_findings
from crossgrade.reviewing.laws.law import LAWS

PACKAGE = Path(loading.__file__).parent
REPORTERS = {"Finding": 1, "error": 1, "warning": 1, "_report": 1, "stop": 1, "unknown": 1, "resolved": 2}
BASE = blocks(DOCS / "errors" / "README.md")[0].text
LARGEST = 5 * 2**20


def emitted() -> set[str]:
    """Return every code the package can emit, read from the calls that make findings."""
    found = {f"bad-{form}" for form in FORMS} | set(LAWS)
    for file in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
            if isinstance(call, ast.Call) and len(call.args) > REPORTERS.get(name, 99):
                code = call.args[REPORTERS[name]]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    prefix = "unknown-" if name in ("unknown", "resolved") else ""
                    found.add(prefix + KINDS.get(code.value, code.value))
    return found


KINDS = {"plan or family": "plan", "credit rule": "credit-rule"}


def assembled(block: Block) -> bytes:
    """Return the file a block stands for; a version of a policy has the sections of the base that it leaves out."""
    text = re.sub("[␀-␟]", lambda picture: chr(ord(picture[0]) - 0x2400), block.text)
    part = file_of(block) not in (None, "policy.yaml") and "effective:" not in text
    if not part and block.about not in ("whole file", "padded") and "cases:" not in text:
        sections = re.split(r"^(?=\w)", BASE, flags=re.MULTILINE)
        own = re.findall(r"^(\w+):", text, flags=re.MULTILINE)
        text += "".join(section for section in sections if section.partition(":")[0] not in own)
    if block.about == "padded":
        text += "#" * (LARGEST + 1 - len(text))
    return text.encode("latin-1" if block.about == "latin-1" else "utf-8")


def file_of(block: Block) -> str | None:
    """Return the name of the file that a block names in its first line."""
    found = re.match(r"# (\w+\.yaml)\n", block.text)
    return found[1] if found else None


def findings(files: list[Block], law: str | None = None) -> list[Finding]:
    """Return what is found in a policy, in cases, in a folder of files, or by a command beside a folder `shop`.

    The laws are asked only for the page of one, as the policies of other pages are fragments.
    """
    for file in files:
        if file.kind == "sh":
            Path("shop").mkdir()
            Path("shop/policy.yaml").write_text(BASE, encoding="utf-8")
            return loading.check(file.text.split()[-1])[1]
        if "cases:" in file.text:
            Path("cases.yaml").write_bytes(assembled(file))
            return cases.read_cases(Path("cases.yaml"))[1]
        Path(file_of(file) or "policy.yaml").write_bytes(assembled(file))
    versions, found = loading.check("." if len(files) > 1 else "policy.yaml")
    if versions is None or law is None:
        return found
    return [*found, *law_findings(Path("policy.yaml"), versions, with_gaps=law == "gap").findings]


def facts_messages(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each code of the page on facts, with what its example comes to."""
    shared, policy, *examples = blocks(page)
    codes = re.findall(r"^## `(\w+)`$", page.read_text(encoding="utf-8"), re.MULTILINE)
    Path("policy.yaml").write_text(policy.text, encoding="utf-8")
    engine = loading.load("policy.yaml")
    for code, example in zip(codes, examples[::2], strict=True):
        given = cases.merged(values(shared), values(example))
        try:
            if given.pop("apply_pending", False):
                engine.apply_pending(given["membership"], at=given["at"])
            engine.decide(given.pop("membership"), given.pop("selection", None), **given)
        except InvalidFacts as problem:
            yield code, f"{problem.code}: {problem}"


def values(block: Block) -> Any:
    root, _ = compose(block.text.encode(), "")
    return root and plain(root)
