"""Snapshots of machines: what is kept of them, how they are taken, and the way back.

The disks decide what there is: a snapshot is a tag in every disk of the machine. What people say of
it, and what the machine was then, stands in the manifest beside the disks.
"""
