"""Clients: what finds the words for what the rules say the client is ready to express."""
