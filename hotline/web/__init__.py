"""The web process: one application that the edges hang their faces into."""
