"""This project's commands as jobs on a Ray cluster: code is shipped, jobs are followed and begun again."""
