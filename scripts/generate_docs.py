"""Write what the docs take from the code: JSON Schemas and generated tables. Tests hold that they are current."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from infra.settings import settings_schema  # noqa: E402 -- the scaffold is no installed package
from scripts.stack_pages import stack_pages  # noqa: E402
from surgeproof.controls.evidence import evidence_schema  # noqa: E402
from surgeproof.controls.mutants.claims import all_claims  # noqa: E402
from surgeproof.controls.mutants.page import proof_page  # noqa: E402
from surgeproof.controls.mutants.proof import prove  # noqa: E402
from surgeproof.controls.page import catalogue_page  # noqa: E402
from surgeproof.controls.parameters import load_parameters  # noqa: E402
from surgeproof.controls.registry import all_controls  # noqa: E402
from surgeproof.controls.sources_page import sources_page  # noqa: E402
from surgeproof.graph.program import run_program  # noqa: E402
from surgeproof.graph.project import Project  # noqa: E402
from surgeproof.launch.plan import plan_schema  # noqa: E402
from surgeproof.localcloud.coverage import coverage_table  # noqa: E402
from surgeproof.verdict.verdict import verdict_schema  # noqa: E402
from tests.controls.mutation.samples import SAMPLES  # noqa: E402 -- the passing sides of the controls' own tests


def documents() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    schemas = {
        "evidence.schema.json": evidence_schema(),
        "launch-plan.schema.json": plan_schema(),
        "settings.schema.json": settings_schema(),
        "verdict.schema.json": verdict_schema(),
    }
    found = {
        ROOT / "docs/schemas" / name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }
    found[ROOT / "docs/emulation.md"] = coverage_table()
    found[ROOT / "docs/controls/README.md"] = catalogue_page(all_controls())
    found[ROOT / "docs/controls/sources.md"] = sources_page(all_controls())
    found[ROOT / "docs/controls/mutation.md"] = _proof()
    found |= {ROOT / "docs" / path: page for path, page in stack_pages(Project.find(ROOT)).items()}
    return found


def _proof() -> str:
    """The mutants of our production stack."""
    stack = run_program(Project.find(ROOT), "production")
    parameters = load_parameters(ROOT / "policies/parameters.yaml", all_controls())
    return proof_page(prove(all_controls(), all_claims(), stack, SAMPLES, parameters))


if __name__ == "__main__":
    for file, text in documents().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(file.relative_to(ROOT))
