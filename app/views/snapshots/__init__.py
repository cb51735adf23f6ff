"""Snapshots of one machine: a page with their tree, and the sheet that takes one."""
