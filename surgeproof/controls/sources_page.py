"""The page of sources: what each can see, and which controls it leaves undecided. Made from the code of the controls."""

from __future__ import annotations

from collections.abc import Iterable

from surgeproof.controls.code_reading import asked
from surgeproof.controls.control import Control
from surgeproof.controls.pack.alone import judges_alone
from surgeproof.controls.visibility import OPTIONS, unread_types
from surgeproof.graph.live.actions import action_of, policy_text
from surgeproof.graph.live.reader import all_readers, read_calls, read_types
from surgeproof.graph.live.shape import NEVER_KEPT

_SOURCES = """\
| source | sees | does not see |
|---|---|---|
| `--stack`: the program, in this process | every input, option, link and line of the program; secrets stay hidden | what AWS would answer: ids and ARNs are made up |
| `--state`: `pulumi stack export` | what was deployed, with options and links; lines where the engine wrote them | values of secrets; what was changed by hand since |
| `--state`: `pulumi preview --json`, and `--as-preview` | inputs, options and links of what would be deployed | values that are known only after deployment: unknown |
| `--graph`: a saved graph | what its source saw | values of secrets |
| `--live`: an account | what AWS keeps, whoever made it | resource options, parents, lines; what the policy of the caller refuses; the types below |
| the policy pack, `pulumi preview` and `up` | inputs, options and links | values that are known only after deployment: advisory; lines |
"""


def sources_page(controls: Iterable[Control]) -> str:
    """The whole page, in Markdown."""
    known = sorted(controls, key=lambda item: item.id)
    missing = {item.what for item in unread_types(read_types(), known, "")}
    rows = [row for item in known if (row := _row(item, missing))]
    alone = ", ".join(item.id for item in known if judges_alone(item))
    readers = "\n".join(
        f"| {', '.join(f'`{type_}`' for type_ in reader.types)} | {', '.join(f'`{name}`' for name in _actions(reader.calls))} |"
        for reader in all_readers()
    )
    table = "\n".join(rows)
    return (
        "# What each source of a check can see\n\n"
        "Written by `make schemas` from the code of the controls and of the live source.\n\n"
        f"{_SOURCES}\n"
        "A value that a source does not see makes a finding *unknown*, never a pass. A failure that is seen stays one.\n\n"
        "## Controls that a live account leaves undecided, in whole or in part\n\n"
        f"{len(rows)} of {len(known)}. All others judge an account as they judge the program.\n\n"
        f"| control | what an account does not tell |\n|---|---|\n{table}\n\n"
        "## Controls that the policy pack judges before a resource is made\n\n"
        f"{alone}. The others need the rest of the stack, and judge at the end of a preview or an update.\n\n"
        "## What a live check reads\n\n"
        f"| types | IAM actions |\n|---|---|\n{readers}\n\n"
        "## The least IAM policy of a live check\n\n"
        "`surgeproof check --live --print-policy` prints it.\n\n"
        f"```json\n{policy_text(read_calls())}```\n"
    )


def _row(control: Control, missing: set[str]) -> str:
    found = asked(control)
    told = ["resource options"] if OPTIONS in found.names else []
    told += [f"`{name}` is not kept" for name in NEVER_KEPT if name in found.texts]
    told += [f"`{type_}` is not read" for type_ in sorted(found.types & missing)]
    return f"| {control.id} {control.title} | {'; '.join(told)} |" if told else ""


def _actions(calls: Iterable[str]) -> list[str]:
    return sorted({action for call in calls if (action := action_of(call))})
