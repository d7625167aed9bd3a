"""The grid (网格): areas and their wardens, who may become one, and what a warden carries on the round.

`look` says who is the warden of a place; `areas` and `applications` change who that is; `round` is what the warden's
phone page talks to. The cases themselves are the book's (`office.desk.cases.book`).
"""
