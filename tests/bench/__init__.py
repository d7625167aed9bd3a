"""What `make bench` measures. No test asserts a time; how each figure is taken stands in docs/benchmarks.md.

registry.py     which scenario measures which figures, with their goals
measures/       the scenarios, one subject each
rig.py          broker, receiver and gateway as users start them, with what a measurement needs around them
sources/        programs that speak as devices do, encoded beforehand
"""
