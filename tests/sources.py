"""Our own sources, parsed: for tests of what they may import and do."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("optins", "channels_capture", "config", "sandbox")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours by its dotted name; no tests and no migrations."""
    found = {}
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"migrations", "tests", "conftest"} & set(parts):
                found[name_of(path)] = ast.parse(path.read_text(), str(path))
    return found


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST, module: str, *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of whatever a module imports, also inside functions and by name.

    ``from a import b`` gives ``a.b``: whether b is a module is not known here, and does not matter.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, is_package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__", "import_string"}:
            yield from ((node.lineno, str(arg.value)) for arg in node.args if isinstance(arg, ast.Constant))


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    up = node.level - (1 if is_package else 0)
    parts = module.split(".")[: len(module.split(".")) - up]
    return ".".join([*parts, node.module or ""]).strip(".")


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
