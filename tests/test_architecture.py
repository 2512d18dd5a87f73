"""The floors of the package, read from its source: imports go down, and each heavy library has one door."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import bn_study
from bn_study.config.metric import CLAIM_METRICS, EPOCH_METRICS

PACKAGE = Path(bn_study.__file__).parent
FLOORS = (
    "datasets", "config", "planning", "store", "training", "execution", "analysis", "presentation", "cli",
)  # fmt: skip
#: The rooms of presentation, from the lowest: `findings` is what sections, slides and reports are made from.
ROOMS = ("words", "figures", "findings", "sections", "atlas", "drawing", "slides", "report")
#: Library → the floors, or rooms of one, that may import it. Pandas' types may also be named in presentation.
DOORS = {
    "yaml": {"config"},
    "keras": {"training"}, "tensorflow": {"training"}, "jax": {"training"}, "jaxlib": {"training"},
    "pandas": {"analysis"}, "scipy": {"analysis"},
    "matplotlib": {"presentation/drawing"}, "PIL": {"datasets", "presentation/drawing"},
    "jinja2": {"presentation/report"}, "pptx": {"presentation/slides"},
    "typer": {"cli"}, "filelock": {"store", "execution"}, "ray": {"execution"},
    "rich": {"execution", "presentation", "cli"},
}  # fmt: skip
SHAPELESS = {"utils", "util", "common", "core", "base", "manager", "managers", "helpers", "helper", "misc"}
NOT_AT_START = {"tensorflow", "keras", "jax", "ray"}


@dataclass(frozen=True)
class Import:
    """One import: who, what, and when it happens."""

    module: str
    line: int
    target: str
    for_types: bool  # under `if TYPE_CHECKING:`, so never executed
    lazy: bool  # in a function, so not executed at import

    def __str__(self) -> str:
        return f"{self.module} line {self.line} imports {self.target}"


def _module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {_module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _targets(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Full names; `from package import name` is the module `package.name` where there is one."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "imports are written in full"
    for alias in node.names:
        below = f"{node.module}.{alias.name}"
        yield below if below in SOURCES else str(node.module)


def _imports(module: str) -> Iterator[Import]:
    tree = ast.parse(SOURCES[module].read_text(encoding="utf-8"))

    def walk(node: ast.AST, for_types: bool, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                for target in _targets(child):
                    yield Import(module, child.lineno, target, for_types, lazy)
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for part in child.body:
                    yield from walk(ast.Module([part], []), True, lazy)
                for part in child.orelse:
                    yield from walk(ast.Module([part], []), for_types, lazy)
            else:
                inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                yield from walk(child, for_types, lazy or inside)

    yield from walk(tree, False, False)


IMPORTS = [found for module in SOURCES for found in _imports(module)]
OWN = [found for found in IMPORTS if found.target.split(".")[0] == "bn_study"]


def floor(module: str) -> str:
    """'bn_study.config.run' → 'config'; '' for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def room(module: str) -> str:
    """'bn_study.presentation.words.number' → 'words'; '' outside of presentation."""
    return module.split(".")[2] if floor(module) == "presentation" and module.count(".") > 1 else ""


def test_the_source_is_read() -> None:
    """Imports of every kind are seen, or the laws below would hold of nothing."""
    seen = {(found.module, found.target) for found in OWN}
    assert ("bn_study.store.store", "bn_study.planning.identity") in seen
    assert ("bn_study.datasets.digits", "bn_study.datasets.class_names") in seen
    worker = [found for found in OWN if found.module == "bn_study.execution.worker"]
    assert any(found.lazy for found in worker)
    assert any(found.for_types for found in worker)


def test_every_module_has_a_floor() -> None:
    assert {floor(module) for module in SOURCES} - {"", "__main__"} <= set(FLOORS)


def test_the_package_itself_imports_nothing() -> None:
    """`import bn_study` costs nothing."""
    assert [str(found) for found in IMPORTS if found.module == "bn_study" and found.target != "__future__"] == []


def test_imports_go_downwards() -> None:
    """To the same floor or a lower one."""
    height = {name: number for number, name in enumerate(FLOORS)}
    upward = [found for found in OWN if floor(found.module) in height]
    upward = [found for found in upward if height.get(floor(found.target), 0) > height[floor(found.module)]]
    assert [str(found) for found in upward] == []


def test_the_rooms_of_presentation_import_downwards() -> None:
    height = {name: number for number, name in enumerate(ROOMS)}
    rooms = [(found, room(found.module), room(found.target)) for found in OWN]
    inside = [(found, own, other) for found, own, other in rooms if own and other]
    assert {own for _, own, _ in inside} == set(ROOMS)
    assert [str(found) for found, own, other in inside if height[other] > height[own]] == []


def test_no_two_modules_or_classes_of_presentation_have_one_name() -> None:
    modules = [module for module in SOURCES if room(module) and not SOURCES[module].name.startswith("__")]
    names = [module.rpartition(".")[2] for module in modules]
    trees = [ast.parse(SOURCES[module].read_text(encoding="utf-8")) for module in modules]
    classes = [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    assert len(classes) > 20
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert sorted({name for name in classes if classes.count(name) > 1 and not name.startswith("_")}) == []


def test_findings_are_data() -> None:
    """Whoever reads them does not load what draws them."""
    script = "import sys, bn_study.presentation.findings; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert {"matplotlib", "pptx", "jinja2", "PIL"} & set(done.stdout.split()) == set()


def test_only_the_worker_s_functions_import_training() -> None:
    """Whoever imports training pays for TensorFlow: the parent never does."""
    users = [found for found in OWN if floor(found.target) == "training" and floor(found.module) != "training"]
    allowed = [found for found in users if found.module == "bn_study.execution.worker"]
    assert [str(found) for found in users if found not in allowed] == []
    assert [str(found) for found in allowed if not (found.lazy or found.for_types)] == []


def test_no_modules_import_each_other() -> None:
    """No cycle, imports inside of functions included."""
    graph: dict[str, set[str]] = {module: set() for module in SOURCES}
    for found in OWN:
        if not found.for_types:
            graph[found.module].add(found.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_each_heavy_library_has_one_door() -> None:
    wrong = []
    for found in IMPORTS:
        library = found.target.split(".")[0]
        only_types = library == "pandas" and found.for_types and floor(found.module) == "presentation"
        doors = {floor(found.module), f"{floor(found.module)}/{room(found.module)}"}
        if library in DOORS and not doors & DOORS[library] and not only_types:
            wrong.append(str(found))
    assert wrong == []


def test_every_module_is_named_after_what_it_is() -> None:
    assert [module for module in SOURCES if SHAPELESS & set(module.split("."))] == []


def test_nothing_but_training_imports_a_backend() -> None:
    """Every other module in one fresh interpreter: no TensorFlow, Keras or JAX comes along, whoever asks for it."""
    modules = [module for module in SOURCES if floor(module) != "training" and not module.endswith("__main__")]
    modules.remove("bn_study.execution.hub")  # Ray need not be installed
    script = (
        "import importlib, sys\n"
        "for module in sys.argv[1:]: importlib.import_module(module)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    command = [sys.executable, "-c", script, *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    loaded = set(done.stdout.split())
    assert {"bn_study", "pydantic", "yaml"} <= loaded
    assert loaded & NOT_AT_START == set()


def test_ray_is_in_the_hub_and_in_what_it_starts_elsewhere_alone() -> None:
    """In no process that people start: what Ray prints and aborts is not theirs."""
    users = {found.module for found in IMPORTS if found.target.split(".")[0] == "ray"}
    assert users == {"bn_study.execution.hub", "bn_study.execution.porter"}
    assert all(found.lazy for found in IMPORTS if found.module.endswith("porter") and found.target == "ray")
    assert not [str(found) for found in OWN if found.target == "bn_study.execution.hub"]


_AFFIXES = {"endswith", "startswith", "removeprefix", "removesuffix", "partition", "rpartition"}


def _asks_a_metric_its_name(node: ast.AST, names: set[str]) -> bool:
    """`metric.startswith("best_")`, `"train" in metric`, `metric == "step_seconds"`, `case "step_seconds"`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _AFFIXES:
        parts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        return any(isinstance(part, str) and len(part) > 3 and any(part in name for name in names) for part in parts)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        sides = [side.value for side in (node.left, *node.comparators) if isinstance(side, ast.Constant)]
        return any(side in names for side in sides)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        part, asked = getattr(node.left, "value", None), ast.unparse(node.comparators[0]).rpartition(".")[2]
        return isinstance(part, str) and asked in ("metric", "name") and any(part in name for name in names)
    if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant):
        return node.value.value in names
    return False


def test_no_metric_is_asked_its_name() -> None:
    """What a metric is stands in its entry of `config.metric`: a new one is one entry."""
    names = set(CLAIM_METRICS) | set(EPOCH_METRICS)
    bad = ['m.endswith("_to_accuracy")', 'm.startswith("best_")', '"train" in one.metric', 'm == "diverged_share"']
    assert all(any(_asks_a_metric_its_name(node, names) for node in ast.walk(ast.parse(text))) for text in bad)
    found = [
        f"{module} line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _asks_a_metric_its_name(node, names)
    ]
    assert found == []


def test_no_two_classes_have_one_name() -> None:
    """But the loops of the two backends, of which one is imported. (Old charts stand beside marks in `figures`.)"""
    where: dict[str, list[str]] = {}
    for module, path in SOURCES.items():
        if module.startswith("bn_study.presentation.figures."):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "CompiledLoop":
                where.setdefault(node.name, []).append(module)
    assert "Results" in where
    assert {name: modules for name, modules in where.items() if len(modules) > 1} == {}
