// What the scenario of peer_artillery.py asks for: the chances of the journey, and when its users stop.

const cart = Number(process.env.CART);
const checkout = Number(process.env.CHECKOUT);
const end = Date.now() + 1000 * Number(process.env.BENCHMARK_SECONDS);

module.exports = {
  carts(vars) {
    vars.cart = Math.random() < cart;
    return vars.cart;
  },
  checksOut(vars) {
    return vars.cart && Math.random() < checkout;
  },
  unfinished(context, done) {
    done(Date.now() < end);
  },
};
