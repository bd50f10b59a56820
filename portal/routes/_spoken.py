"""Templates whose plain sentences are put into the reader's language once, when the template is read.

There is an environment for each language, so a sentence without parts to fill in is as fixed as the markup around it.
Looking each of them up for every page was much of what drawing it costs.
"""

from collections.abc import MutableMapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer

from portal.languages import Language


class SpokenOnce(CodeGenerator):
    """Compiles `_("a sentence")` to the sentence itself."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:
        """The whole template, its sentences said."""
        super().visit_Template(_Sayer(self.environment).visit(node), frame)


class Spoken(Environment):
    """The drawings in one language, which is among their globals."""

    code_generator_class = SpokenOnce

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template may use, as it is: no template of ours brings globals of its own to be laid over it."""
        return super().make_globals(d) if d else self.globals


class _Sayer(NodeTransformer):
    def __init__(self, environment: Any) -> None:
        self._language: Language = environment.globals["language"]

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        if not _is_plain_sentence(call):
            return call
        # A per cent sign is written twice in a sentence, since others have parts to fill in.
        sentence = self._language.gettext(call.args[0].value) % {}
        return nodes.MarkSafe(nodes.Const(sentence), lineno=call.lineno)


def _is_plain_sentence(call: nodes.Call) -> bool:
    is_said = isinstance(call.node, nodes.Name) and call.node.name == "_"
    is_alone = len(call.args) == 1 and not (call.kwargs or call.dyn_args or call.dyn_kwargs)
    return is_said and is_alone and isinstance(call.args[0], nodes.Const)
