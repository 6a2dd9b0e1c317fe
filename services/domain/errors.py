"""What can go wrong in a shop, each with the word that clients see."""

from __future__ import annotations


class ShopError(Exception):
    """Something that a client is told.

    Attributes:
        word: The value of `error` in the answer; clients branch on it.
        details: Further fields of the answer.
    """

    word = "shop_error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidRequestError(ShopError):
    """The request cannot be read: a missing header, a field out of its range."""

    word = "invalid_request"


class UnknownProductError(ShopError):
    """No product has this SKU."""

    word = "unknown_product"


class UnknownOrderError(ShopError):
    """No order has this id."""

    word = "unknown_order"


class CartLimitError(ShopError):
    """A cart holds at most so many pieces of a product, and so many products."""

    word = "cart_limit"


class EmptyCartError(ShopError):
    """There is nothing to pay for."""

    word = "empty_cart"


class UnknownPaymentMethodError(ShopError):
    """No gateway is registered for this method of payment."""

    word = "unknown_payment_method"


class IdempotencyKeyReusedError(ShopError):
    """The key was used by this visitor for another submission."""

    word = "idempotency_key_reused"


class OutOfStockError(ShopError):
    """Fewer pieces are left than the cart asks for; nothing was reserved."""

    word = "out_of_stock"

    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is sold out, or fewer are left than asked for", sku=sku)
        self.sku = sku


class PaymentDeclinedError(ShopError):
    """The gateway said no; the stock is released."""

    word = "payment_declined"


class UnavailableError(ShopError):
    """A part that the shop needs is not there right now; the same request may be sent again."""

    word = "unavailable"


class DatabaseUnavailableError(UnavailableError):
    """PostgreSQL cannot be reached."""

    word = "database_unavailable"


class CartUnavailableError(UnavailableError):
    """The cache that holds the carts cannot be reached."""

    word = "cart_unavailable"


class PaymentUnconfirmedError(UnavailableError):
    """The gateway did not answer in time. The order stays pending and is settled by the reconciler, or by a retry."""

    word = "payment_unconfirmed"
