"""Neighbours: who joins an activity, what residents propose, and what they answer to a poll. All moderated here.

joining     people join by the digits of their telephone; beyond the places they wait in line
proposals   an activity, help wanted, help offered: nothing is shown before somebody approved it
votes       one ballot a session, without a person in it
dress       published activities say how many have joined, ended polls say their results
part        the routes

GET  /v1/signups/{activity}            who joined, in their order
POST /v1/signups/{id}/phone            -> {"phone"}, recorded
POST /v1/signups/{id}/cancel           the next in line moves up
GET  /v1/proposals                     ?state=new|published|refused&before&limit
POST /v1/proposals/{id}/phone          -> {"phone"}, recorded
POST /v1/proposals/{id}/publish        {"title", "text", "place", "starts", "ends", "room_for"} -> {"activity"}: a draft
POST /v1/proposals/{id}/refuse         {"note"}
GET  /v1/votes/{poll}                  counts
POST /v1/merchants/{id}/grade          {"grade", "why", "case"}: the grade moves, with its reason and history
"""
