"""Calls at the desk: departments, queue, grants, call-backs, history.

What the page uses. Shapes are in `office.desk.calls.shapes`; every refusal is `{error, zh, en, field}` as everywhere.

Live, page to desk (`{"topic", "data"}` on the page's own WebSocket):

    calls   {"do": "here"}                                  said after every connect; answered by `calls-you`
            {"do": "test"}                                  "I take calls": the tone, unless alarms proved sound here
            {"do": "heard", "n", "audible", "visible"}      the clerk heard tone n
            {"do": "proof", "n", "audible", "visible"}      answer to `prove n`, as the alarm board's duty proof
            {"do": "leave"}                                 "I take no calls"
            {"do": "resume", "key", "audible", "visible"}   the line came back (also to a desk started anew)
    call    {"do": "alive", "call", "leg", "media", "quality": Quality | absent}    every second while it has it

Live, desk to page:

    calls       Board, whole, after every change (to everyone with `calls.take`)
    calls-you   {"page": token} | {"ask": "tone", "n"} | {"ask": "prove", "n"} | {"you": "on", "key", "page"}
                | {"you": "off", "why": silent|hidden|stopped|closed|left}
                | {"page": token, "mine": [call ids]}       answer to `here`: calls of this account without a page
    call        to the one page that has the call:
                {"call", "kind": "offer", "leg", "sdp"}     answer it
                {"call", "kind": "alive", "leg", "media", "quality"}
                {"call", "kind": "renew", "leg"}            the kiosk's media of that leg is dead; its next follows
                {"call", "kind": "away"} / {"kind": "back"} nothing from the kiosk for 3 s / it is back
                {"call", "kind": "accepted"}                a called kiosk took it; its offer follows
                {"call", "kind": "state", "state", "leg"}   connecting, connected, on-hold
                {"call", "kind": "ended", "reason"}         as the call's; handed over: "transferred"; "elsewhere"
    callbacks   {"waiting": n}                              the list changed

A call rings on a page when `you` is on there and this account's id stands in the `rings` of a call of the Board.
Every POST about a call carries the `page` token: two tabs of one clerk are two pages.

    GET  /v1/calls                        Board
    GET  /v1/calls/{id}                   Card: kiosk, place, guide, case, last calls, alarm; before and after it
    POST /v1/calls/{id}/take              {page} -> Taken {call, state, leg, sdp, ice, relay_only, video, language};
                                          sdp "" : the offer comes on `call`. 409 `taken`: 已被…接听
    POST /v1/calls/{id}/decline           {page} -> 202. It rings here no more, at others it does
    POST /v1/calls/{id}/resume            {page, leg, media} -> Taken. After a reload (leg 0): a new leg follows; after
                                          the line to the desk was away (media true): nothing is interrupted
    POST /v1/calls/{id}/answer            {page, leg, sdp} -> 202
    POST /v1/calls/{id}/renew             {page, leg} -> 202. Media of that leg is dead here; the kiosk offers the next
    POST /v1/calls/{id}/hold              {page, on} -> 202
    POST /v1/calls/{id}/transfer          {page, department} or {page, clerk} -> 202; 409 `absent`, `closed`, `busy`
    POST /v1/calls/{id}/hang-up           {page} -> 202
    POST /v1/calls/{id}/decline           {page} -> 202. It rings here no more, and at once with those who come next
    POST /v1/calls/{id}/outcome           {page, outcome} -> 202. After the call, one tap, by the clerk who had it:
                                          answered | case | window | callback | unclear | nobody
    POST /v1/calls/{id}/case              CaseOfCall {page, title, text, ...} -> {number, link}: the notes as a case.
                                          Also for an hour after the call, for the clerk who had it
    POST /v1/call-kiosks/{gateway}/ring   {page, department, video, alarm, callback} -> Taken (sdp ""): the office calls
    GET  /v1/call-kiosks                  kiosks that can be called: gateway, place, free
    GET  /v1/callbacks                    ?state=waiting|taken|done&before&limit
    POST /v1/callbacks/{id}/take          -> CallbackOpen (with the digits of the phone); 409 who has it
    POST /v1/callbacks/{id}/release       back to the list
    POST /v1/callbacks/{id}/done          {notes, reached}
    GET  /v1/call-history                 ?department&gateway&before&limit
    GET  /v1/call-figures                 ?from&to&department (days, ISO): per department and day
    GET  /v1/guides                       guides that kiosks can be told to show: id, title, department
    GET  /v1/departments                  DepartmentsSeen (anyone signed in); PUT /v1/departments (content.edit)
    GET  /v1/department-staff             who answers which; PUT /v1/department-staff/{account} {departments}
                                          (without any: their own department, for the duty the reception)

Example: a call comes, is taken, is held, ends:

    live calls      Board(calls=[{id, department, state "ringing", rings [me], ...}], departments, clerks)
    POST take       {page} -> {leg 1, sdp, ice}     setRemoteDescription, createAnswer
    POST answer     {page, leg 1, sdp}              then `call alive` every second, media true once it receives
    live call       {kind "alive", leg 1, media true}, {kind "state", state "connected"}
    POST hang-up    {page};  live call {kind "ended", reason "office"}
"""
