"""What tests of every part share: waiting, a private screen, the guard against leftovers."""
