"""The app in the terminal. ``simulator.tui.app.run_app`` opens it; nothing heavy is imported before the first paint."""
