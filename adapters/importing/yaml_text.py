"""YAML in which every scalar is the text that stands there."""

from typing import Any

import yaml


def read_yaml(text: str) -> Any:
    """The document in `text`: mappings, lists, text and nothing else but empty values (None).

    Keys such as `On`, `007` or `2016-01-01` are what a history file says, not booleans, numbers
    or dates. A key that stands twice is an error instead of the last one winning.
    Raises yaml.YAMLError.
    """
    return yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a SafeLoader that is stricter


class _TextLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML declares it so
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - the signature is PyYAML's
    ) -> dict[Any, Any]:
        """Build a dict, refusing a repeated key."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)
