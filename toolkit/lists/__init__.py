"""A list of one's own: kept on the device, without an account, and sent as an address."""
