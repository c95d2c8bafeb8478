"""Three packages, one direction: who may import whom, read from the code itself.

Imports inside functions count too. Those for type checkers only, below `if TYPE_CHECKING`,
do not: they are no part of the running program.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
# Each may import itself and those before it.
PACKAGES = ("edtf_dates", "datasette_event_timeline", "event_timeline")
MOST_IMPORTS = 4

Graph = Mapping[str, set[str]]


@cache
def modules() -> dict[str, Path]:
    """Return the modules of the three packages by their dotted names."""
    return {
        _dotted(path): path for package in PACKAGES for path in (SCRIPTS / package).rglob("*.py")
    }


def _dotted(path: Path) -> str:
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def graph() -> Graph:
    """Return, for each module, the modules of the three packages that it imports."""
    return {name: set(_imports(name)) - {name} for name in modules()}


def _imports(module: str) -> Iterator[str]:
    path = modules()[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in _running(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            origin = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            named = {f"{origin}.{alias.name}" for alias in node.names}
            yield from named & modules().keys()
            if origin in modules() and not named <= modules().keys():
                yield origin


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, without what is there for type checkers only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield other
                yield from _running(other)
        else:
            yield child
            yield from _running(child)


def within(package: str) -> Graph:
    """Return the graph of one package alone."""
    inside = {name for name in graph() if name.split(".")[0] == package}
    return {name: graph()[name] & inside for name in inside}


def find_cycle(edges: Graph) -> list[str]:
    """Return the nodes of a cycle, the first one again at its end; empty if there is none."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node not in done:
            for other in sorted(edges[node]):
                if found := visit(other, [*path, node]):
                    return found
            done.add(node)
        return []

    return next(filter(None, (visit(node, []) for node in sorted(edges))), [])


def longest_chain(edges: Graph) -> list[str]:
    """Return the longest chain of imports in a graph without cycles."""

    @cache
    def chain(node: str) -> tuple[str, ...]:
        return (node, *max((chain(other) for other in sorted(edges[node])), key=len, default=()))

    return list(max(map(chain, sorted(edges)), key=len))


def sub_packages(package: str) -> Graph:
    """Return which sub-packages import which; a module beside them stands for itself."""

    def part(name: str) -> str:
        return ".".join(name.split(".")[:2])

    edges: dict[str, set[str]] = {part(name): set() for name in within(package)}
    for name, imported in within(package).items():
        # The package's own __init__ is a table of contents: it may name all, and all may name it.
        edges[part(name)] |= {part(other) for other in imported} - {part(name), package}
    return edges


def test_there_are_three_packages():
    folders = {path.parent.name for path in SCRIPTS.glob("*/__init__.py")}
    assert folders == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package):
    allowed = PACKAGES[: PACKAGES.index(package) + 1]
    backward = [
        f"{name} imports {other}"
        for name, imported in sorted(graph().items())
        for other in sorted(imported)
        if name.split(".")[0] == package and other.split(".")[0] not in allowed
    ]
    assert backward == []


@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_no_cycle(package):
    assert " -> ".join(find_cycle(within(package))) == ""


@pytest.mark.parametrize("package", PACKAGES)
def test_sub_packages_go_one_way(package):
    assert " -> ".join(find_cycle(sub_packages(package))) == ""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_chain_of_imports_is_long(package):
    edges = within(package)
    assert " -> ".join(find_cycle(edges)) == ""
    chain = longest_chain(edges)
    assert len(chain) - 1 <= MOST_IMPORTS, " -> ".join(chain)
