"""Every file under tests/ is collected, or used by one that is: a test that never runs is a defect."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
APPS = {"apps", "benchmarks"}
"""Programs that tests start, and programs that people start."""


def test_every_file_is_collected_or_used() -> None:
    files = [file for file in TESTS.rglob("*.py") if not APPS & set(file.relative_to(TESTS).parts)]
    tests = [file for file in files if file.name.startswith("test_") or file.name == "conftest.py"]
    support = [file for file in files if file not in tests and file.name != "__init__.py"]
    words = {file: file.read_text() for file in files}

    def used(module: Path) -> bool:
        name = re.compile(rf"\b{module.stem}\b.*")
        return any(name.search(text) for file, text in words.items() if file != module and "import" in text)

    assert [str(file.relative_to(TESTS)) for file in support if not used(file)] == []


def test_every_folder_of_tests_is_a_package() -> None:
    # What a benchmark installs beside it is not ours; pytest passes it by, too.
    folders = {file.parent for file in TESTS.rglob("test_*.py") if "node_modules" not in file.parts}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
