"""A display over the remote framebuffer protocol (VNC)."""
