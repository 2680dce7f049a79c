"""Column types for lists of small checked objects."""

from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

T = TypeVar("T", bound=BaseModel)


class JsonList(TypeDecorator[list[T]], Generic[T]):
    """A list of one pydantic model, kept as JSON."""

    impl = JSON
    cache_ok = True

    def __init__(self, model: type[T]) -> None:
        super().__init__()
        self.model = model

    def process_bind_param(self, value: list[T] | None, dialect: Dialect) -> object:
        return [item.model_dump(mode="json", exclude_defaults=True) for item in value or ()]

    def process_result_value(self, value: list[object] | None, dialect: Dialect) -> list[T]:
        return [self.model.model_validate(item) for item in value or ()]
