"""The application as tests build it, again and again: templates and routes are compiled once."""

from copy import copy

from flask import Flask
from jinja2 import BytecodeCache
from werkzeug.routing import Rule

from kb import factory


class Compiled(BytecodeCache):
    """What one app compiled, for the next; a template that changed is compiled again."""

    def __init__(self):
        self._kept = {}

    def load_bytecode(self, bucket):
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Route(Rule):
    """A rule that takes over what another app's rule for the same address has compiled.

    Compiling them is four fifths of what an app costs.
    """

    _kept = {}

    def compile(self):
        key = (self.rule, self.endpoint, self.subdomain, self.host, repr(self.defaults))
        if key not in self._kept:
            before = {name: copy(value) for name, value in vars(self).items()}
            super().compile()
            self._kept[key] = {
                name: value
                for name, value in vars(self).items()
                if name not in before or before[name] != value
            }
        vars(self).update(self._kept[key])


class App(Flask):
    url_rule_class = Route


TEMPLATES = Compiled()


def create_app(runtime):
    app = factory.create_app(runtime=runtime, flask=App)
    app.jinja_env.bytecode_cache = TEMPLATES
    return app
