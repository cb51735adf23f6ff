"""PC mode and posture: the card in the navigation and the sheet behind it."""
