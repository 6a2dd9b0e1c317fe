"""The price table: read from the one that ships, or from the user's own."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surgeproof.scaling.errors import PriceError


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Frozen):
    """One price.

    Attributes:
        amount: In the table's currency, per unit.
        unit: What it is for, ``vCPU-hour``.
        source: The page that publishes it.
        checked: Whether it was compared with AWS's own price list.
    """

    amount: float = Field(ge=0)
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checked: bool = False


class PriceTable(_Frozen):
    """Prices of one region on one day.

    Attributes:
        day: When they were written down.
        region: Whose they are.
        currency: ISO 4217.
        prices: By name, ``fargate.arm64.vcpu``.
    """

    day: date
    region: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    prices: dict[str, Price] = Field(min_length=1)


def load_prices(path: Path | None = None) -> PriceTable:
    """The user's price table, or the one that ships.

    Args:
        path: A YAML file of the same form; None for the one that ships.

    Raises:
        PriceError: It cannot be read, or is no price table; names the field.
    """
    try:
        text = (
            resources.files("surgeproof.scaling.cost").joinpath("prices.yaml").read_text(encoding="utf-8")
            if path is None
            else path.read_text(encoding="utf-8")
        )
        return PriceTable.model_validate(yaml.safe_load(text))
    except (OSError, UnicodeDecodeError) as error:
        raise PriceError("cannot be read", path=str(path), got=str(error), fix="Name a YAML file") from None
    except yaml.YAMLError as error:
        raise PriceError("is not YAML", path=str(path), got=str(error).splitlines()[0]) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise PriceError(
            f"is no price table ({field or 'the document'}: {first['msg'].lower()})",
            path=str(path),
            fix="Take the form of `surgeproof cost --show-prices`",
        ) from None
