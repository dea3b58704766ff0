"""Base model of all client payloads; it reports every validation error as `BadRequest`."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from face_utils.errors import BadRequest
from face_utils.validation_message import TOO_MANY_KEYS, explain

UNSENT: Any = None
"""Default of a field that may be left out. It differs from null, which is refused."""


class ClientPayload(BaseModel):
    """A JSON object from a client: exact types, finite numbers, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _count_keys(cls, payload: Any) -> Any:
        """Stops at one unknown key: pydantic would list thousands, which takes milliseconds."""
        known = cls.__pydantic_fields__
        if isinstance(payload, dict) and len(payload) > len(known):
            key = next(key for key in payload if key not in known)
            raise PydanticCustomError(TOO_MANY_KEYS, "unknown key", {"key": str(key)})
        return payload

    @classmethod
    def read(cls, payload: object, name: str) -> Self:
        """Validates what a client sent.

        Args:
            payload: The argument of the event.
            name: Name of the payload in the message.

        Raises:
            BadRequest: It is invalid. The message names the field and the accepted values.
        """
        try:
            return cls.model_validate(payload)
        except ValidationError as error:
            raise BadRequest(explain(error, cls, name)) from error


def _keep_type(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    validate(value)
    return value


Number = Annotated[float, WrapValidator(_keep_type)]
"""A number that is returned to the client unchanged: an integer stays an integer."""
