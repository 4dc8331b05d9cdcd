"""Readers and writers of the text formats that the field uses for boxes, identities and actions."""
