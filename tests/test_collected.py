"""Every file under tests/ is collected or has a reason to be there: a test that never runs is a defect."""

from pathlib import Path

TESTS = Path(__file__).parent
NOT_TESTS = {"__init__.py", "conftest.py"}
SUPPORT = {"apps", "benchmarks", "fixtures", "golden", "support"}


def test_every_file_is_collected() -> None:
    stray = [
        str(file.relative_to(TESTS))
        for file in TESTS.rglob("*.py")
        if file.name not in NOT_TESTS
        and not file.name.startswith("test_")
        and not SUPPORT & set(file.relative_to(TESTS).parts)
    ]
    assert stray == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {file.parent for file in TESTS.rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
