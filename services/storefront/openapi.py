"""The OpenAPI 3.1 document, generated from the table of routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.domain.errors import ShopError
from services.storefront.problems import status_of
from services.storefront.routes import Route
from services.storefront.schemas import ProblemAnswer

JSON = "application/json"
VERSION = "1.0.0"
"""Of the API; a change that breaks a client raises the first number."""


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """Describe the API."""
    routes = tuple(routes)
    models: dict[type[BaseModel], None] = {ProblemAnswer: None}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        models[route.answer] = None
        if route.body:
            models[route.body] = None
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storefront",
            "version": VERSION,
            "description": "Browse, fill a cart, pay once. Amounts are whole cents.",
        },
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": (route.handler.__doc__ or "").strip(),
        "responses": {str(route.status): _response("As asked for", route.answer), **_problems(route.problems)},
    }
    if route.parameters:
        operation["parameters"] = [
            {
                "name": parameter.name,
                "in": parameter.place,
                "required": parameter.required,
                "description": parameter.text,
                "schema": parameter.schema,
            }
            for parameter in route.parameters
        ]
    if route.body:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(route.body)}}}
    return operation


def _problems(problems: Iterable[type[ShopError]]) -> dict[str, Any]:
    words: dict[int, list[str]] = {}
    for problem in problems:
        words.setdefault(status_of(problem), []).append(f"`{problem.word}`: {(problem.__doc__ or '').splitlines()[0]}")
    responses = {str(status): _response("\n\n".join(texts), ProblemAnswer) for status, texts in sorted(words.items())}
    return {**responses, "default": _response("Any other problem", ProblemAnswer)}


def _response(text: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": text, "content": {JSON: {"schema": _ref(model)}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
