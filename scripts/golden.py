"""Write the golden graphs: what each stack deploys, kept so that a change of the program shows in code review."""

from __future__ import annotations

from pathlib import Path

from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.review.shape import golden

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "golden"


def main() -> None:
    """One file a stack; files of stacks that are gone go, too."""
    project = Project.find(ROOT)
    stacks = [stack for stack in project.stacks if not stack.startswith("pr-")]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.json"):
        if file.stem not in stacks:
            file.unlink()
    for stack in stacks:
        file = FOLDER / f"{stack}.json"
        file.write_text(golden(run_program(project, stack)), encoding="utf-8")
        print(file.relative_to(ROOT))


if __name__ == "__main__":
    main()
