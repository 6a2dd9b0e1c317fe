package benchmark;

import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The journey as Gatling's users walk it, without think time: closed users, each with a connection of its own.
 *
 * <p>They walk it under one name while the JVM warms up and under another from then on, so that Gatling's own
 * percentiles are those of a warm JVM. The assertions make Gatling print them without its report.
 */
public final class Journey extends Simulation {

  private static final double CART = Double.parseDouble(System.getProperty("cart"));
  private static final double CHECKOUT = Double.parseDouble(System.getProperty("checkout"));

  private static ChainBuilder journey(String name) {
    return exec(http(name).get("/"))
        .exec(http(name).get(session -> "/products?page=" + ThreadLocalRandom.current().nextInt(1, 21)))
        .exec(product(name), product(name))
        .doIf(session -> ThreadLocalRandom.current().nextDouble() < CART)
        .then(
            post(name, "/cart", "{\"product_id\":7,\"qty\":1}"),
            doIf(session -> ThreadLocalRandom.current().nextDouble() < CHECKOUT)
                .then(post(name, "/checkout", "{\"cart_id\":\"c-1\"}")));
  }

  private static ChainBuilder product(String name) {
    return exec(http(name).get(session -> "/products/" + ThreadLocalRandom.current().nextInt(1, 501)));
  }

  private static ChainBuilder post(String name, String path, String body) {
    return exec(http(name).post(path).header("Content-Type", "application/json").body(StringBody(body)));
  }

  {
    HttpProtocolBuilder protocol = http.baseUrl(System.getProperty("url")).disableWarmUp();
    int users = Integer.getInteger("users");
    setUp(
            scenario("shopper")
                .during(Duration.ofSeconds(Integer.getInteger("warmUp")))
                .on(journey("warm-up"))
                .during(Duration.ofSeconds(Integer.getInteger("measured")))
                .on(journey("measured"))
                .injectOpen(atOnceUsers(users)))
        .protocols(protocol)
        .assertions(
            details("measured").responseTime().percentile(50).gte(0),
            details("measured").responseTime().percentile(99).gte(0),
            global().failedRequests().count().is(0L));
  }
}
