"""Every route of the app as an address that leads somewhere."""

import re

CONVERTER = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>")


def address(rule, values):
    """The route with these values in its places; "nothing" where none is given.

    A value may be a mapping from the first part of the address, such as "councils".
    """
    first = rule.rule.split("/")[1]

    def value(match):
        word = values.get(match[1], "nothing")
        return str(word.get(first, "nothing") if isinstance(word, dict) else word)

    return CONVERTER.sub(value, rule.rule)


def of(app, *methods):
    """(method, rule) of every route that answers one of these methods."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in methods
        if method in rule.methods
    ]
