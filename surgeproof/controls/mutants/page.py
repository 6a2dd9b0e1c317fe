"""The page of the proof: control by control, how many mutants were made and how many were caught."""

from __future__ import annotations

from collections.abc import Sequence

from surgeproof.controls.mutants.proof import SAMPLE_BASE, Proof

_INTRODUCTION = """# What each control catches

Written by `make schemas`. A control that can never fail looks like one that always holds, so each is put to mutants:
our own production stack, broken in one small way that the control claims to catch (a property flipped or dropped, a
companion taken out, a principal widened, a subnet moved). Where our stack has no such resource, the passing side of the
control's own three tests is broken instead. A mutant that survives, or a control without one, fails the build.

The claims are written from the rule and not from its code: `surgeproof/controls/mutants/tables/`.
"""


def proof_page(proofs: Sequence[Proof]) -> str:
    """The whole page as Markdown."""
    made = sum(len(proof.trials) for proof in proofs)
    caught = sum(proof.caught for proof in proofs)
    samples = sum(proof.base == SAMPLE_BASE for proof in proofs)
    summary = (
        f"{len(proofs)} controls, {made:,} mutants ({made / max(len(proofs), 1):.1f} a control), {caught:,} caught "
        f"({100 * caught / max(made, 1):.0f} %). {len(proofs) - samples} controls were put to mutants of our stack, "
        f"{samples} to mutants of their samples."
    )
    rows = [
        "| Control | What must hold | Broken in | Caught | How it was broken |",
        "|---|---|---|---|---|",
        *(_row(proof) for proof in proofs),
    ]
    return "\n".join([_INTRODUCTION, summary, "", *rows, ""])


def _row(proof: Proof) -> str:
    labels = "; ".join(
        f"{_escaped(trial.label)}{'' if trial.fate == 'caught' else f' **({trial.fate})**'}" for trial in proof.trials
    )
    score = f"{proof.caught} of {len(proof.trials)}"
    return f"| {proof.control.id} | {_escaped(proof.control.title)} | {proof.base} | {score} | {labels} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
