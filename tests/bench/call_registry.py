"""The call's figures and their goals."""

from __future__ import annotations

from tests.bench.figure import Figure, Scenario
from tests.bench.measures import call_sound

MS, S, PERCENT, CORE, DB, STOI = "ms", "s", "%", "% of a core", "dB", "0 to 1"

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
)
