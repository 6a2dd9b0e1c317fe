"""One YAML file of a Pulumi project: parsed with the line of every setting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from surgeproof.graph.errors import ProjectError


@dataclass(frozen=True, slots=True)
class StackFile:
    """A parsed YAML mapping that remembers where its keys stand.

    Attributes:
        path: The file.
        values: Its content.
    """

    path: Path
    values: dict[str, Any]
    _root: yaml.MappingNode | None

    @classmethod
    def read(cls, path: Path) -> StackFile:
        """Read a file.

        Raises:
            ProjectError: When it cannot be read, is no YAML (with its line), or is not a mapping.
        """
        try:
            text = path.read_text(encoding="utf-8")
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            values = yaml.safe_load(text)
        except OSError as error:
            raise ProjectError(f"cannot be read ({error.strerror})", path=str(path)) from None
        except UnicodeDecodeError:
            raise ProjectError("is not UTF-8 text", path=str(path), fix="Save it as UTF-8") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            raise ProjectError(
                f"is not valid YAML ({error.problem or error.context})",
                path=where,
                fix="Mend the line, and mind the indentation",
            ) from None
        except yaml.YAMLError as error:
            raise ProjectError(f"is not valid YAML ({error})", path=str(path)) from None
        if values is None:
            return cls(path, {}, None)
        if not isinstance(values, dict) or not isinstance(root, yaml.MappingNode):
            raise ProjectError("does not hold a mapping of keys", path=f"{path}:1", got=type(values).__name__)
        return cls(path, values, root)

    def line_of(self, *keys: str) -> int | None:
        """Line (from 1) of the key at this path; None when the file does not say it.

        Keys of a list are its indices.
        """
        node: yaml.Node | None = self._root
        line: int | None = None
        for key in keys:
            found = _step(node, key)
            if found is None:
                return None
            line, node = found
        return line


def _step(node: yaml.Node | None, key: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == key:
                return key_node.start_mark.line + 1, value_node
    if isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
        item = node.value[int(key)]
        return item.start_mark.line + 1, item
    return None
