"""The server: loopback HTTP and one WebSocket a page; wire messages to session calls and back."""
