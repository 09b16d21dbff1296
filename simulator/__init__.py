"""A practice tool for trainee counsellors: a client to talk with, and feedback on every reply."""

__version__ = "0.1.0"
