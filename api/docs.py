"""The API's documentation as one page without scripts, drawn from the OpenAPI document.

The usual viewers come from a content-delivery network, which an office on a government network
cannot reach and the content policy forbids.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")

_STYLE = """
body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 60rem;
       margin: 2rem auto; padding: 0 1rem; color: #1b2b34; background: #fff; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #c9d6da; }
details { border: 1px solid #c9d6da; border-radius: 6px; margin: .5rem 0; padding: .5rem .8rem; }
summary { cursor: pointer; }
code { font: 14px/1.5 ui-monospace, monospace; background: #eef4f5; padding: .1em .3em; }
b.method { display: inline-block; min-width: 4.5em; font-family: ui-monospace, monospace; }
table { border-collapse: collapse; margin: .5rem 0; }
td, th { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
"""

Document = Mapping[str, Any]


def page(document: Document) -> str:
    """The whole page as HTML."""
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        '<p>The machine-readable form is <a href="/api/openapi.json">openapi.json</a>. Errors are '
        "<code>application/problem+json</code> (RFC 9457); times are RFC 3339 with offset. Sign in "
        "with <code>POST /api/v1/session</code> and send <code>Authorization: Bearer TOKEN</code>."
        f"</p>{''.join(_operations(document))}<h2>Shapes</h2>{''.join(_shapes(document))}"
        "</body></html>"
    )


def _operations(document: Document) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                tag = next(iter(operation.get("tags", ())), "other")
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(method: str, path: str, operation: Document) -> str:
    description = operation.get("description", "")
    first_line = escape(description.split("\n")[0])
    return (
        f'<details><summary><b class="method">{method.upper()}</b> <code>{escape(path)}</code> '
        f"{first_line}</summary><p>{escape(description)}</p>{_parameters(operation)}"
        f"{_body(operation)}{_answers(operation)}</details>"
    )


def _parameters(operation: Document) -> str:
    rows = [
        (parameter["name"], parameter["in"], _kind(parameter.get("schema", {})))
        for parameter in operation.get("parameters", ())
    ]
    return _table(("parameter", "in", "kind"), rows)


def _body(operation: Document) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    kinds = "".join(_kind(media.get("schema", {})) for media in content.values())
    return f"<p>Body: {kinds}</p>" if kinds else ""


def _answers(operation: Document) -> str:
    rows = []
    for status, answer in operation["responses"].items():
        kinds = [_kind(media.get("schema", {})) for media in answer.get("content", {}).values()]
        rows.append((status, escape(answer.get("description", "")), " ".join(kinds)))
    return _table(("status", "", "shape"), rows)


def _shapes(document: Document) -> Iterator[str]:
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        rows = [
            (f"<code>{escape(field)}</code>", _kind(kind))
            for field, kind in schema.get("properties", {}).items()
        ]
        description = escape(schema.get("description", ""))
        yield (
            f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
            f"<p>{description}</p>{_table(('field', 'kind'), rows)}</details>"
        )


def _kind(schema: Document) -> str:
    """What a schema takes, in a few words; shapes are links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return escape(", ".join(str(value) for value in schema["enum"]))
    words = [str(schema[key]) for key in ("type", "format") if key in schema]
    return escape(" ".join(words)) or "anything"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    titles = "".join(f"<th>{title}</th>" for title in head)
    return f"<table><tr>{titles}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
