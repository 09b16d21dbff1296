"""The screens: each shows something and asks the desk for one thing at a time."""
