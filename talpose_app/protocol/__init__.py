"""The wire between page and server, without sockets: messages and their msgpack form."""
