"""A generator of videos of people with exact boxes, ids and actions, to learn from and to test with.

`plan` decides what everybody does, `motion` and `skeleton` turn that into joints, `figure` draws them,
`stage`, `backdrop` and `props` are the world around, `rendering` composes frames and their labels and
`corpus` writes it all to disk.
"""
