"""The joint network, its losses and the tracker: pure torch, NumPy and SciPy.

Nothing here knows Ray, MLflow, HTTP or files; `mot_platform` brings those.
"""
