# SPDX-License-Identifier: Apache-2.0
"""The language of $filter and $orderby (18-088, clauses 9.3.3.5 and 9.3.3.3): text to a bounded ``odata_query.ast``.

The grammar is that of odata-query 0.10. Its lexer is widened by what 18-088 has and narrowed by what it takes wrongly:
- a path is one token, in any script: theirs breaks at "allowed", "nullable", "true_north" and at other scripts, and
  deep paths and ``any`` behind two links end in errors of Python;
- intervals are literals ("a/b"), a zone whose + has become a space is read as it was meant, ``not`` needs no space;
- ``=``, which three named parameters break, is no sign.
Which functions there are is for who reads the tree: of a path in front of brackets nothing is asked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from odata_query import ast, exceptions
from odata_query.grammar import ODataLexer, ODataParser

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST_CHARACTERS = 32_000
MOST_TERMS = 500
MOST_DEPTH = 40
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+ -]\d\d:?\d\d)?"
_SEGMENT = r"(?!(?:any|all)\s*\()@?[^\W\d]\w*(?:\.\w+)*(?:\[\d{1,6}\])*"
# What tells that a path has been read by our lexer, so that its parser asks nothing about functions.
_OURS = ("sta",)
# What a term has one of.
_TERMS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "IN", "ANY", "ALL", ","})
_JOINS = frozenset({"AND", "OR"})


def _token(pattern: str) -> Callable[[Any], Any]:
    """Mark a method as what SLY makes of a text of that pattern."""

    def marked(method: Any) -> Any:
        method.pattern = pattern
        return method

    return marked


class _Lexer(ODataLexer):
    tokens = ODataLexer.tokens
    literals = {"(", ")", ",", "/", ":"}

    @_token(r"(?:geography|geometry)'(?:[^']|'')*'")
    def GEOGRAPHY(self, t: Any) -> Any:
        t.value = ast.Geography(t.value.partition("'")[2][:-1])
        return t

    @_token(rf"{_INSTANT}(?:/{_INSTANT})?")
    def DATETIME(self, t: Any) -> Any:
        t.value = ast.DateTime(t.value.replace(" ", "+"))
        return t

    @_token(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,12})?)?")
    def TIME(self, t: Any) -> Any:
        t.value = ast.Time(t.value)
        return t

    @_token(r"(?:true|false)(?![\w./(\[])")
    def BOOLEAN(self, t: Any) -> Any:
        t.value = ast.Boolean(t.value)
        return t

    @_token(r"null(?![\w./(\[])")
    def NULL(self, t: Any) -> Any:
        t.value = ast.Null()
        return t

    @_token(r"not(?=[\s(])\s*")
    def NOT(self, t: Any) -> Any:
        t.value = ast.Not()
        return t

    @_token(r"any(?=\s*\()")
    def ANY(self, t: Any) -> Any:
        t.value = ast.Any()
        return t

    @_token(r"all(?=\s*\()")
    def ALL(self, t: Any) -> Any:
        t.value = ast.All()
        return t

    @_token(rf"{_SEGMENT}(?:/{_SEGMENT})*")
    def ODATA_IDENTIFIER(self, t: Any) -> Any:
        t.value = ast.Identifier(t.value, _OURS)
        return t


def parse(text: str) -> Any:
    """The tree of an expression. Raises BadInput, which says where it cannot be read or why it is too much."""
    if len(text) > MOST_CHARACTERS:
        long = gettext_noop("条件有 %(count)s 个字符，最多 %(most)s 个。请分几次查询。")
        raise BadInput(long, "sta.filter_too_long", count=len(text), most=MOST_CHARACTERS)
    try:
        # No database keeps a text with this sign, so that nothing can be equal to it.
        if "\0" in text:
            raise ValueError
        tokens = list(_Lexer().tokenize(text.strip()))
        _check_bounds([token.type for token in tokens])
        tree = ODataParser().parse(_lists_of_one(tokens))
    except (exceptions.TokenizingException, exceptions.ParsingException) as error:
        raise _unreadable(text, error) from None
    except (exceptions.ODataException, ValueError, AttributeError, RecursionError) as error:
        raise _unreadable(text, error) from None
    if tree is None:
        raise _unreadable(text, None)
    _check_depth(tree)
    return tree


def _lists_of_one(tokens: list[Any]) -> Iterator[Any]:
    """With the comma that the grammar wants in a list of one: it takes ``in (1)`` for brackets."""
    told = [token.type for token in tokens if token.type != "WS"]
    place = -1
    for token in tokens:
        place += token.type != "WS"
        if token.type == ")" and told[place - 3 : place - 1] == ["IN", "("]:
            comma = copy(token)
            comma.type = comma.value = ","
            yield comma
        yield token


def path_of(node: Any) -> tuple[str, ...]:
    """The segments of a path, an index of an array as one of its own: "properties/list[0]" has three."""
    return tuple(part for part in re.split(r"[/\[\]]+", node.name) if part)


def operands(node: Any) -> list[Any]:
    """What an ``and`` or ``or`` joins, however many."""
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.BoolOp) and type(one.op) is type(node.op):
            waiting += [one.right, one.left]
        else:
            found.append(one)
    return found


def children(node: Any) -> list[Any]:
    """The nodes right below, those of a chain of ``and`` or ``or`` as one level; none below a lambda."""
    match node:
        case ast.BoolOp():
            return operands(node)
        case ast.Compare() | ast.BinOp():
            return [node.left, node.right]
        case ast.UnaryOp():
            return [node.operand]
        case ast.Call():
            return list(node.args)
        case ast.List():
            return list(node.val)
    return []


def _check_bounds(kinds: list[str]) -> None:
    # Those that say nothing but true are told by what joins them.
    terms = max(sum(kind in _TERMS for kind in kinds), 1 + sum(kind in _JOINS for kind in kinds))
    if terms > MOST_TERMS:
        text = gettext_noop("条件有 %(count)s 项，最多 %(most)s 项。请分几次查询，或者换一个范围更大的条件。")
        raise BadInput(text, "sta.too_many_terms", count=terms, most=MOST_TERMS)
    depth = deepest = 0
    for kind in kinds:
        depth += (kind == "(") - (kind == ")")
        deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        raise _too_deep()


def walk(tree: Any) -> Iterator[Any]:
    """All nodes of a tree."""
    return (node for node, _depth in _walk(tree))


def _check_depth(tree: Any) -> None:
    if any(depth > MOST_DEPTH for _node, depth in _walk(tree)):
        raise _too_deep()


def _walk(tree: Any) -> Iterator[tuple[Any, int]]:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        below = children(node)
        if isinstance(node, ast.CollectionLambda) and node.lambda_ is not None:
            below = [node.lambda_.expression]
        waiting += [(one, depth + 1) for one in below]


def _too_deep() -> BadInput:
    text = gettext_noop("条件嵌套太深，最多 %(most)s 层。")
    return BadInput(text, "sta.filter_too_deep", most=MOST_DEPTH)


def _unreadable(text: str, error: Exception | None) -> BadInput:
    token = getattr(error, "token", None)
    at = getattr(token, "index", None)
    if at is None:
        end = gettext_noop("看不懂条件 %(text)s：它不完整。写法如 result gt 20 and name eq '气温'。")
        return BadInput(end, "sta.filter_unreadable", text=text[:200])
    here = gettext_noop("看不懂条件里从第 %(at)s 个字符起的 %(text)s。文字要写在单引号里，如 name eq '气温'。")
    return BadInput(here, "sta.filter_unreadable", at=at + 1, text=text.strip()[at : at + 40])
