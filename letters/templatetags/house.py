"""`{% house "closing" %} ... {% endhouse %}`: a block of a letter, as the authority's house has it."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token

register = template.Library()


class _Block(template.Node):
    def __init__(self, name: FilterExpression, usual: NodeList) -> None:
        self._name, self._usual = name, usual

    def render(self, context: template.Context) -> str:
        own = (context.get("house_blocks") or {}).get(self._name.resolve(context))
        if own is None:
            return str(self._usual.render(context))
        # Within the block, `usual` is what stands there otherwise: a house can add to it.
        with context.push(usual=self._usual.render(context)):
            return str(own.nodelist.render(context))


@register.tag
def house(parser: Parser, token: Token) -> _Block:
    """What the house has under this name, or what stands between the tags."""
    _tag, name = token.split_contents()
    usual = parser.parse(("endhouse",))
    parser.delete_first_token()
    return _Block(parser.compile_filter(name), usual)
