"""Measurements that back every claim about accuracy and speed; not part of the installed program."""
