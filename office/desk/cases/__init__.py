"""Cases: from whoever reports something to the resident who says whether it was solved.

`steps` is the state machine as a table, `book` applies it in a transaction and is what other parts call (`begin`,
`step`); `office_time` knows working hours; everything else brings cases in (kiosk, hotline, hooks, district) or shows
them.
"""
