"""What the shop is: cart, order, money, events, and the ports to everything outside. Pure: no driver is imported here."""
