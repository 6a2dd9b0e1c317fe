"""The policy pack as files, written into any Pulumi project: two files, and the package behind them."""

from __future__ import annotations

from pathlib import Path

from surgeproof import __version__
from surgeproof.controls.errors import ControlDefinitionError

PROJECT = """\
# The controls as a policy pack of Pulumi's own CLI: pulumi preview --policy-pack {folder}
# It needs the package with its extra: pip install 'surgeproof[pack]'
runtime: python
version: {version}
description: Controls of an AWS stack that takes payments, with who published each requirement
license: Apache-2.0
"""
MAIN = '''\
"""The policy pack: the controls of `surgeproof check`, your own in controls/, and the waivers beside this file."""

from pathlib import Path

from surgeproof.controls.pack.server import serve

serve(Path(__file__).parent)
'''


def write_pack(folder: Path) -> list[Path]:
    """Write the pack, and return its files; what lies in the folder already is left alone.

    Raises:
        ControlDefinitionError: When one of its files is there already.
    """
    files = {
        folder / "PulumiPolicy.yaml": PROJECT.format(folder=folder.name, version=__version__),
        folder / "__main__.py": MAIN,
    }
    for path in files:
        if path.exists():
            raise ControlDefinitionError("is there already", path=str(path), fix="Take another folder, or delete it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)
