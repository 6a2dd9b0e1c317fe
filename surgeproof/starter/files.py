"""Every file that a new service brings, and every one that it changes. Nothing is written before all of it is known."""

from __future__ import annotations

import ast
from importlib import resources
from pathlib import Path

from surgeproof.launch.plan import dump_plan, load_plan
from surgeproof.starter.errors import StarterError
from surgeproof.starter.order import Order
from surgeproof.starter.stack_edit import with_service

SHARE = 0.2
"""Share of the arrivals that the new journey gets in its plan."""
BASE_PLAN = "loadtests/plans/smoke.yaml"


def new_files(root: Path, stacks: tuple[str, ...], order: Order) -> dict[Path, str]:
    """Path from the root to the text that it will hold: new files and changed ones.

    Args:
        root: Of the project.
        stacks: Names of its stacks.
        order: The service.

    Raises:
        StarterError: A file is in the way, the name is taken, or the project is no scaffold.
    """
    found: dict[Path, str] = {}
    for stack in stacks:
        path = Path(f"Pulumi.{stack}.yaml")
        found[path] = with_service(_read(root, path), order, file=str(path))
    code = {} if order.command else _code(order)
    plan = {}
    if order.shape == "web":
        journeys = Path("loadtests/journeys.py")
        found[journeys] = _with_journey(_read(root, journeys), order)
        plan = {Path(f"loadtests/plans/{order.name}.yaml"): _plan(root, order)}
    for path, text in (code | plan).items():
        if (root / path).exists():
            raise StarterError("is in the way", path=str(path), fix="Take another name, or move it")
        found[path] = text
    return found


def _read(root: Path, path: Path) -> str:
    try:
        return (root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise StarterError(
            f"cannot be read ({error.strerror})", path=str(path), fix="Run this in a clone of the scaffold"
        ) from None


def _code(order: Order) -> dict[Path, str]:
    folder = Path("services") / order.module
    title = order.name.replace("-", " ").capitalize()
    files = {folder / "__init__.py": f'"""{title}: a service of the team\'s own."""\n'}
    if order.shape == "web":
        files[folder / "app.py"] = _template("web_app", order)
    else:
        files[folder / "__main__.py"] = _template("worker_main", order)
        files[folder / "handler.py"] = _template("worker_handler", order)
    files[Path(f"tests/services/test_{order.module}.py")] = _template(f"test_{order.shape}", order)
    return files


def _template(name: str, order: Order) -> str:
    text = resources.files("surgeproof.starter").joinpath(f"templates/{name}.py.txt").read_text(encoding="utf-8")
    words = {"@name@": order.name, "@module@": order.module, "@health@": order.health_path}
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def _with_journey(text: str, order: Order) -> str:
    names = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    if order.module in names:
        raise StarterError(
            "there is a function of this name", path="loadtests/journeys.py", got=order.module, fix="Take another name"
        )
    return f"{text.rstrip()}\n\n\n{_template('journey', order)}"


def _plan(root: Path, order: Order) -> str:
    """The smallest plan, with a share of its arrivals for the new journey."""
    plan = load_plan(root / BASE_PLAN)
    mix = {name: round(share * (1 - SHARE), 6) for name, share in plan.journeys.mix.items()}
    mix[order.name] = round(1 - sum(mix.values()), 6)
    journeys = plan.journeys.model_copy(update={"mix": mix})
    text = dump_plan(plan.model_copy(update={"name": order.name, "journeys": journeys}))
    return (
        f"# {BASE_PLAN.rpartition('/')[2]} with the journey of {order.name}: "
        f"{SHARE:.0%} of the arrivals. Change it to what you expect.\n{text}"
    )
