"""The table of docs/emulation.md is current, and what each handler says of itself is true."""

from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from surgeproof.graph.arns import _SHAPES
from surgeproof.localcloud.coverage import coverage_table
from surgeproof.localcloud.handlers import HANDLERS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_current():
    assert (ROOT / "docs" / "emulation.md").read_text() == coverage_table(), "make it anew as its first line says"


@cache
def operations_of(service: str) -> set[str]:
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name) for name in model.operation_names}


@pytest.mark.parametrize("token", sorted(HANDLERS))
def test_each_call_exists_in_botocore(token):
    for call in HANDLERS[token].calls:
        service, operation = call.split(".")
        assert operation in operations_of(service)


@pytest.mark.parametrize("token", sorted(HANDLERS))
def test_each_handler_tells_what_it_is(token):
    handler = HANDLERS[token]
    assert handler.calls
    assert handler.kept in {"emulated", "extended", "recorded"}
    assert type(handler).__doc__
    assert handler.note or handler.kept != "extended"


def test_every_type_of_the_deterministic_outputs_has_a_handler():
    assert sorted(set(_SHAPES) - set(HANDLERS)) == []
