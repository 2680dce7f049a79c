"""The application as tests build it, again and again: its templates are compiled once."""

from jinja2 import BytecodeCache

from kb import factory


class Compiled(BytecodeCache):
    """What one app compiled, for the next; a template that changed is compiled again."""

    def __init__(self):
        self._kept = {}

    def load_bytecode(self, bucket):
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        self._kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = Compiled()


def create_app(runtime):
    app = factory.create_app(runtime=runtime)
    app.jinja_env.bytecode_cache = TEMPLATES
    return app
