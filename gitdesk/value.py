"""Values: what a frozen, slotted, keyword-only dataclass is, at a fiftieth of what defining one costs.

`dataclasses` imports `inspect` and compiles five functions a class; every call of gitdesk would pay for both. Here a
class is made as it stands, and its `__init__` is compiled once there are more than a few values of it.
"""

from __future__ import annotations

from _operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import replace as replace
    from typing import Any, dataclass_transform


_FEW = 12  # values of a class that cost less than compiling for them


class Fresh:
    """A default that is made anew for every value."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def fresh(*, default_factory: Callable[[], Any]) -> Any:
    """Declares a default that is made anew for every value: `fresh(default_factory=dict)`."""
    return Fresh(default_factory)


if not TYPE_CHECKING:

    def dataclass_transform(**_):
        """Stands in for typing's decorator, which only type checkers read."""
        return lambda cls: cls

    def replace(value, **changes):
        """Returns a value with some parts replaced, as `dataclasses.replace` does."""
        cls = type(value)
        if len(cls._parts) < 2:
            return cls(**{**dict.fromkeys(cls._parts, _contents(value)), **changes})
        return cls(**{**dict(zip(cls._parts, _contents(value), strict=True)), **changes})


def parts_of(value: Value | type[Value]) -> tuple[str, ...]:
    """Returns the names of the parts of a value, or of a class of values, in order."""
    names: tuple[str, ...] = value._parts  # type: ignore[union-attr]
    return names


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(fresh,))
class Values(type):
    """The class of value classes: makes slots of the annotations and keeps their defaults apart."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        body: dict[str, Any],
        *,
        kw_only: bool = True,
        slots: bool = True,
    ) -> Values:
        own = tuple(body.get("__annotations__", ()))
        defaults = {part: body.pop(part) for part in own if part in body}
        if slots:
            body["__slots__"] = own
        made = super().__new__(mcs, name, bases, body)
        made._parts = own  # type: ignore[attr-defined]
        made._defaults = defaults  # type: ignore[attr-defined]
        made._kw_only, made._made = kw_only, 0  # type: ignore[attr-defined]
        return made

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **_: bool) -> None:
        super().__init__(name, bases, body)


class _DataclassFields:
    """Answers `dataclasses.fields`, `asdict` and `replace`, which ask for them where somebody uses them."""

    def __get__(self, _: object, owner: Any) -> dict[str, Any]:
        from dataclasses import field, make_dataclass

        listed = []
        for part in owner._parts:
            default = owner._defaults.get(part, owner)
            known = {} if default is owner else {"default": default}
            if isinstance(default, Fresh):
                known = {"default_factory": default.make}
            listed.append((part, object, field(**known)))
        made: Any = make_dataclass(owner.__name__, listed, kw_only=True)
        fields: dict[str, Any] = made.__dataclass_fields__
        return fields


class Value(metaclass=Values):
    """A value: never changed, and equal to another of its class whose parts are equal."""

    if not TYPE_CHECKING:
        __dataclass_fields__ = _DataclassFields()

        def __init__(self, *args, **parts):
            """Makes the first values of a class; from `_FEW` on, and for wrong arguments, a compiled one does."""
            cls = type(self)
            values = {**cls._defaults, **parts}
            if (
                args
                or len(values) != len(cls._parts)
                or cls._made == _FEW
                or not values.keys() <= set(cls._parts)
            ):
                cls.__init__ = _init_of(cls)
                cls.__init__(self, *args, **parts)
                return
            cls._made += 1
            for part, value in values.items():
                object.__setattr__(self, part, value.make() if value.__class__ is Fresh else value)

        def __setattr__(self, name, value):
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot assign to field {name!r}")

        def __delattr__(self, name):
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or _contents(self) == _contents(other)

    def __hash__(self) -> int:
        return hash(_contents(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{part}={getattr(self, part)!r}" for part in parts_of(self))
        return f"{type(self).__qualname__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), {part: getattr(self, part) for part in parts_of(self)})


def _remade(cls: Any, parts: dict[str, Any]) -> Any:
    return cls(**parts)


def _contents(value: Any) -> Any:
    """Returns the parts of a value as a tuple (of one part: the part), by a getter its class keeps."""
    cls = type(value)
    getter = cls.__dict__.get("_getter")
    if getter is None:
        getter = cls._getter = attrgetter(*cls._parts) if cls._parts else lambda _: ()
    return getter(value)


def _init_of(cls: Any) -> Any:
    """Compiles the `__init__` of a class: one setting of a slot for each part."""
    names: dict[str, Any] = {}
    heads, lines = [], []
    for part in cls._parts:
        default = cls._defaults.get(part, cls)
        value = part
        if default is cls:
            heads.append(part)
        else:
            heads.append(f"{part}=_default_{part}")
            names[f"_default_{part}"] = default
            if isinstance(default, Fresh):
                names[f"_make_{part}"] = default.make
                value = f"_make_{part}() if {part} is _default_{part} else {part}"
        slot = cls.__dict__.get(part)
        if slot is None:
            names["_set"] = object.__setattr__
            lines.append(f" _set(_self, {part!r}, {value})")
        else:
            names[f"_set_{part}"] = slot.__set__
            lines.append(f" _set_{part}(_self, {value})")
    star = "*, " if cls._kw_only and heads else ""
    exec(f"def __init__(_self, {star}{', '.join(heads)}):\n" + ("\n".join(lines) or " pass"), names)
    return names["__init__"]
