-- The shop's tables. Every statement may run again; `postgres/schema.py` runs them when this file has changed.

CREATE TABLE IF NOT EXISTS products (
    sku text PRIMARY KEY,
    name text NOT NULL,
    brand text NOT NULL,
    category text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents > 0),
    rank integer NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || brand || ' ' || category)) STORED
);
CREATE INDEX IF NOT EXISTS products_by_rank ON products (rank, sku);
CREATE INDEX IF NOT EXISTS products_by_category ON products (category, rank, sku);
CREATE INDEX IF NOT EXISTS products_by_word ON products USING gin (search);

-- A row that a whole launch updates: room on its page lets PostgreSQL update it in place (HOT).
CREATE TABLE IF NOT EXISTS stock (
    sku text PRIMARY KEY REFERENCES products,
    initial integer NOT NULL,
    available integer NOT NULL CHECK (available >= 0 AND available <= initial)
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS orders (
    order_id uuid PRIMARY KEY,
    session uuid NOT NULL,
    idempotency_key text NOT NULL,
    fingerprint text NOT NULL,
    email text NOT NULL,
    payment_method text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'paid', 'declined', 'cancelled', 'fulfilled')),
    total_cents bigint NOT NULL CHECK (total_cents >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    moved_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (session, idempotency_key)
);
CREATE INDEX IF NOT EXISTS orders_half_way ON orders (created_at) WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS order_lines (
    order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    sku text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    PRIMARY KEY (order_id, sku)
);

CREATE TABLE IF NOT EXISTS fulfilments (
    order_id uuid PRIMARY KEY REFERENCES orders ON DELETE CASCADE,
    tracking text NOT NULL,
    fulfilled_at timestamptz NOT NULL DEFAULT now()
);

-- Events wait here from the transaction that they belong to until the bus has accepted them.
CREATE TABLE IF NOT EXISTS outbox (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    detail jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The outside world, as far as it is simulated: other companies' books, written by their own connections.
CREATE SCHEMA IF NOT EXISTS card_gateway;
CREATE TABLE IF NOT EXISTS card_gateway.charges (
    key text PRIMARY KEY,
    outcome text NOT NULL CHECK (outcome IN ('captured', 'declined', 'voided')),
    amount_cents bigint NOT NULL,
    requests integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE SCHEMA IF NOT EXISTS warehouse;
CREATE TABLE IF NOT EXISTS warehouse.shipments (
    order_id uuid PRIMARY KEY,
    tracking text NOT NULL,
    requests integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
