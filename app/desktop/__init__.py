"""The desktop application: builds the windows over the control plane and wires them together."""
