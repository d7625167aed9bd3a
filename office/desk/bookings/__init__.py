"""Bookings: what kiosks ask for, what is free, and what a person settles by telephone.

    slots       the calendars in force and what is free in them
    book        the rows: taken from a kiosk, decided at once or by a person
    asked       the questions `free-slots` and `my-booking`, answered in the receiver's process
    part        the routes

    GET  /v1/bookings                 ?state&calendar&day&before&limit; what a changed calendar displaced comes first
    POST /v1/bookings/{id}/confirm    {"starts": ""}: as asked, or at another time that was agreed by telephone
    POST /v1/bookings/{id}/refuse     {"note"}
    POST /v1/bookings/{id}/done       {"came": true}
    POST /v1/bookings/{id}/phone      -> {"phone"}, and that it was looked at is recorded
    GET  /v1/booking-slots/{calendar} what is free, slot by slot

A kiosk with a line asks and is answered within a second: of two who want the last place exactly one has it. A kiosk
without one sends a request, which a person confirms by calling back.
"""
