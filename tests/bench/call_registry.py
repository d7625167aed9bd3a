"""The call's figures and their goals."""

from __future__ import annotations

from tests.bench.figure import Figure, Scenario
from tests.bench.measures import call_connect, call_loss, call_many, call_media, call_outage, call_sound

MS, S, PERCENT, CORE, DB, STOI, MB, COUNT, PICTURES = (
    "ms",
    "s",
    "%",
    "% of a core",
    "dB",
    "0 to 1",
    "MB",
    "count",
    "1/s",
)

CALL = (
    Scenario(
        "call.lossy",
        "the sound with 5 % loss, 100 ms more delay and 15 ms of jitter; and with 20 % loss",
        call_sound.lossy,
        (
            Figure(
                "call.slots_filled",
                PERCENT,
                99,
                "sound that was decoded, copied (FEC), or guessed (concealment) in gaps of up to 60 ms",
                "higher",
                quick="call.slots_filled_2_minutes",
            ),
            Figure(
                "call.slots_real",
                PERCENT,
                None,
                "of it decoded or copied: really what was spoken",
                "higher",
                quick="call.slots_real_2_minutes",
            ),
            Figure(
                "call.longest_gap",
                MS,
                60,
                "the longest time without anything really spoken, in ten minutes",
                quick="call.longest_gap_2_minutes",
            ),
            Figure("call.delay_p50", MS, None, "a packet's quickest arrival to hearing it, without the card"),
            Figure("call.delay_p95", MS, 150, "the same, 95th percentile"),
            Figure("call.stoi_5", STOI, None, "how well it is understood (STOI), 5 % loss", "higher"),
            Figure("call.stoi_20", STOI, 0.75, "the same, 20 % loss", "higher"),
        ),
    ),
    Scenario(
        "call.skew",
        "30 minutes with the clocks 200 ppm apart, faster than real time",
        call_sound.skew,
        (
            Figure(
                "call.drift_slow",
                MS,
                40,
                "the delay of ten seconds, largest less smallest, sender slow",
                quick="call.drift_slow_5_minutes",
            ),
            Figure("call.drift_fast", MS, 40, "the same, sender fast", quick="call.drift_fast_5_minutes"),
        ),
    ),
    Scenario(
        "call.echo",
        "a loudspeaker with 5 % harmonics, its delay jumping by 40 ms every 5 s, clocks 200 ppm apart",
        call_sound.echo,
        (
            Figure(
                "call.echo_down",
                DB,
                30,
                "echo taken away, the worst second from 2 s after each jump on, in three rooms",
                "higher",
            ),
            Figure(
                "call.echo_30_db_after",
                S,
                2,
                "from a jump until a second begins from which on 30 dB are kept, the slowest",
            ),
            Figure("call.echo_down_alone", DB, None, "the same by AEC3 alone, without our alignment", "higher"),
            Figure("call.echo_30_db_after_alone", S, None, "the same by AEC3 alone"),
            Figure(
                "call.near_down",
                DB,
                6,
                "loudness the resident loses while both speak, echo as loud as they are, without gain",
            ),
            Figure("call.near_stoi", STOI, None, "how well the resident is understood meanwhile (STOI)", "higher"),
        ),
    ),
    Scenario(
        "call.sound",
        "one call's sound in both directions, everything switched on",
        call_sound.cpu,
        (
            Figure("call.sound_cpu", CORE, None, "CPU of receiving, loudness, echo, noise, sending"),
            Figure("call.echo_cpu", CORE, None, "of it echo and noise"),
        ),
    ),
    Scenario(
        "call.connect_direct",
        "one tap to two faces on one network, through every program there is, answered by script",
        call_connect.direct,
        (
            Figure("call.connect_direct_p50", S, None, "tap to both faces, the later of the two"),
            Figure("call.connect_direct_p95", S, 0.6, "the same, 95th percentile"),
        ),
    ),
    Scenario(
        "call.connect_relay",
        "the same by the relay alone, signals and media 100 ms there and back",
        call_connect.relayed,
        (
            Figure("call.connect_relay_p50", S, None, "tap to both faces by the relay, 100 ms round trip"),
            Figure("call.connect_relay_p95", S, 1.5, "the same, 95th percentile"),
        ),
    ),
    Scenario(
        "call.connect_dead_turn",
        "the same with a relay that answers nothing, asked anew by each call",
        call_connect.dead_turn,
        (
            Figure("call.connect_dead_turn_p50", S, None, "tap to both faces, the relay dead"),
            Figure("call.connect_dead_turn_p95", S, 1.5, "the same, 95th percentile"),
        ),
    ),
    Scenario(
        "call.outage",
        "the kiosk's line pulled in a call, and back with the same or another address: same call, same clerk",
        call_outage.outages,
        tuple(
            Figure(
                f"call.outage_{seconds}s_back",
                S,
                3,
                f"line back after {seconds} s to both pictures, the slowest",
                quick=f"call.outage_{seconds}s_back_once",
            )
            for seconds in call_outage.OUTAGES_S
        ),
    ),
    Scenario(
        "call.page_killed",
        "the clerk's browser crashes in a call",
        call_outage.page_killed,
        (Figure("call.page_killed_said", S, 3, "the crash to the word at the kiosk, the slowest"),),
    ),
    Scenario(
        "call.calls_500",
        "500 calls through one engine, every tenth killed: the page, the connection, the line",
        call_many.many,
        (
            Figure(
                "call.calls_500_memory",
                MB,
                1,
                "resident memory the engine grows by in 500 calls once it is warm, by the line fitted from call 50 on",
                quick="call.calls_30_memory",
            ),
            Figure("call.calls_500_threads", COUNT, 0, "threads likewise", quick="call.calls_30_threads"),
            Figure(
                "call.calls_500_handles", COUNT, 0, "open files and sockets likewise", quick="call.calls_30_handles"
            ),
            Figure(
                "call.calls_500_warm_up",
                MB,
                None,
                "resident memory the first 50 calls add to the first one: pools and pages that fill once",
                quick="call.calls_30_warm_up",
            ),
            Figure("call.calls_500_resident", MB, None, "resident at the end", quick="call.calls_30_resident"),
        ),
    ),
    Scenario(
        "call.media",
        "640 by 480 at 25 a second both ways on a good line, engine and Chromium",
        call_media.delays,
        (
            Figure("call.picture_delay_p50", MS, 80, "painted clock to read clock, median, the worse way"),
            Figure("call.sound_delay", MS, 150, "a beep made to the same beep heard, without cards, the worse way"),
            Figure("call.lips", MS, 80, "between picture and sound, the worse way"),
            Figure("call.pictures_per_s", PICTURES, None, "pictures that reach the kiosk", "higher"),
            Figure("call.engine_cpu", CORE, 35, "CPU of the engine meanwhile, without drawing"),
        ),
    ),
    Scenario(
        "call.loss",
        "a real line: 5 % lost and 100 ms more each way; then 20 % and good again",
        call_loss.lossy,
        (
            Figure("call.loss5_slots_filled", PERCENT, 99, "sound at the kiosk decoded, copied, or guessed", "higher"),
            Figure("call.loss5_gap", MS, 60, "the longest time at the kiosk without anything really spoken"),
            Figure("call.loss5_sound_delay", MS, 150, "beep to beep at the kiosk, beyond the line's own"),
            Figure("call.loss5_sound_delay_office", MS, None, "the same at the office, in Chromium's buffer"),
            Figure("call.loss5_picture_back", S, 2, "the longest time at the kiosk without a new picture"),
            Figure("call.loss20_sound_only_said", S, None, "20 % to sound only, said on the screen"),
            Figure("call.loss20_picture_back", S, None, "a good line to pictures again"),
        ),
    ),
)
