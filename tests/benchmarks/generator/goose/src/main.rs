//! The journey as Goose's users walk it, without think time: a load test of the generator benchmark.
//!
//! Certificates are checked, against `SSL_CERT_FILE`. The chances are those of `users.py`, given as `CART` and
//! `CHECKOUT`.

use std::env;
use std::sync::OnceLock;
use std::time::Duration;

use goose::goose::GooseResponse;
use goose::prelude::*;
use serde_json::{json, Value};

struct Settings {
    cart: f64,
    checkout: f64,
    authority: reqwest::Certificate,
}

static SETTINGS: OnceLock<Settings> = OnceLock::new();

fn chance(name: &str) -> f64 {
    let text = env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}"))
}

fn settings() -> &'static Settings {
    SETTINGS.get_or_init(|| {
        let path = env::var("SSL_CERT_FILE").expect("SSL_CERT_FILE is not set");
        let pem = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Settings {
            cart: chance("CART"),
            checkout: chance("CHECKOUT"),
            authority: reqwest::Certificate::from_pem(&pem).expect("SSL_CERT_FILE is no certificate"),
        }
    })
}

/// A client that trusts the benchmark's authority; the rest as Goose's own has it.
async fn trust(user: &mut GooseUser) -> TransactionResult {
    let builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(60))
        .gzip(true)
        .cookie_store(true)
        .tls_certs_merge([settings().authority.clone()]);
    user.set_client_builder(builder).await?;
    Ok(())
}

/// The body is read, as the other contenders do; without that the connection could not be used again. Goose has seen the
/// head only, so a body that is cut has to be told.
async fn read(user: &mut GooseUser, answer: GooseResponse) -> TransactionResult {
    let mut request = answer.request;
    match answer.response?.bytes().await {
        Ok(_) => Ok(()),
        Err(_) => user.set_failure("body cut", &mut request, None, None),
    }
}

/// Home, a list, two products, perhaps a cart, perhaps a checkout.
async fn shop(user: &mut GooseUser) -> TransactionResult {
    let chances = settings();
    get(user, "/", "home").await?;
    get(user, &format!("/products?page={}", fastrand::u32(1..=20)), "list").await?;
    for _ in 0..2 {
        get(user, &format!("/products/{}", fastrand::u32(1..=500)), "product").await?;
    }
    if fastrand::f64() < chances.cart {
        post(user, "/cart", json!({"product_id": 7, "qty": 1})).await?;
        if fastrand::f64() < chances.checkout {
            post(user, "/checkout", json!({"cart_id": "c-1"})).await?;
        }
    }
    Ok(())
}

async fn get(user: &mut GooseUser, path: &str, name: &str) -> TransactionResult {
    let answer = user.get_named(path, name).await?;
    read(user, answer).await
}

async fn post(user: &mut GooseUser, path: &str, body: Value) -> TransactionResult {
    let answer = user.post_json(path, &body).await?;
    read(user, answer).await
}

#[tokio::main]
async fn main() -> Result<(), GooseError> {
    settings();
    GooseAttack::initialize()?
        .register_scenario(
            scenario!("Shopper")
                .register_transaction(transaction!(trust).set_on_start())
                .register_transaction(transaction!(shop)),
        )
        .execute()
        .await?;
    Ok(())
}
