from __future__ import annotations

import asyncio
import json
from pathlib import Path

from edge.config_shape import Config
from edge.wanted_config import FILE, MAX_REASONS, Wanted
from firmware_profiles.finding import Finding
from sync.contract.envelope import decode
from sync.contract.messages import ConfigStatus, GatewayState
from tests.edge.way_down import Way, configured, until, way_down

STATE = "linli/v1/gw-1/up/state"


def wish(version: int, **sections: object) -> dict[str, object]:
    return {"version": version, "config": sections}


async def wanted(way: Way, message: object) -> ConfigStatus:
    """Send a wish; what the retained state then says of it."""
    said = len([topic for topic, _, _ in way.wire.published if topic == STATE])
    way.send("config", message, retain=True)
    await until(lambda: len([t for t, _, _ in way.wire.published if t == STATE]) > said, "state published")
    topic, body, how = way.wire.published[-1]
    assert (topic, how["retain"]) == (STATE, True)
    status = decode(body, GatewayState).config
    assert status is not None
    return status


def test_a_wish_is_in_force_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            changed = list[set[str]]()
            way.gateway.on_config.append(changed.append)
            status = await wanted(way, wish(3, alarms={"escalate_after_s": 5}, intervals={"state_s": 20}))
            assert status == ConfigStatus(version=3, accepted=True, in_force=3)
            assert way.gateway.config.alarms.escalate_after_s == 5
            assert changed == [{"alarms", "intervals"}]
        async with way_down(tmp_path) as way:
            assert way.gateway.config.intervals.state_s == 20
            assert way.gateway.state().config == status

    asyncio.run(story())


def test_a_wrong_wish_is_refused_whole_with_all_reasons_and_the_last_good_stays(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await wanted(way, wish(1, alarms={"escalate_after_s": 5}))
            bad = wish(
                2,
                alarms={"escalate_after_s": -1, "severities": {"sos": "bad"}},
                intervals={"state_s": 30},
                storage={"max_mb": 1},
                allow={"requests": ["restart"]},
                supervision={"profiles": {"gt06x": {"check_in_s": 60}}},
            )
            status = await wanted(way, bad)
            assert (status.version, status.accepted, status.in_force) == (2, False, 1)
            said = "\n".join(status.reasons)
            for word in ("escalate_after_s", "`sos`", "storage", "allow"):
                assert word in said
            assert len(status.reasons) == 4
            assert way.gateway.config.alarms.escalate_after_s == 5
            assert way.gateway.config.intervals.state_s == 60
            assert "gt06x" in "".join((await wanted(way, wish(4, supervision=bad["config"]["supervision"]))).reasons)  # type: ignore[index]
        async with way_down(tmp_path) as way:
            assert way.gateway.config.alarms.escalate_after_s == 5

    asyncio.run(story())


def test_an_older_version_is_passed_over_and_an_equal_one_does_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await wanted(way, wish(5, alarms={"escalate_after_s": 5}))
            calls = list[set[str]]()
            way.gateway.on_config.append(calls.append)
            assert (await wanted(way, wish(4, alarms={"escalate_after_s": 9}))).in_force == 5
            assert (await wanted(way, wish(5, alarms={"escalate_after_s": 5}))).accepted
            other = await wanted(way, wish(5, alarms={"escalate_after_s": 9}))
            assert not other.accepted
            assert "other values" in other.reasons[0]
            assert (await wanted(way, wish(5, alarms={"escalate_after_s": 5}))).accepted
            assert calls == []
            assert way.gateway.config.alarms.escalate_after_s == 5
            assert way.notes() == {"wanted configuration older than the one in force": 1}

    asyncio.run(story())


def test_a_value_no_longer_wished_falls_back_to_the_file(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await wanted(way, wish(1, alarms={"escalate_after_s": 5}))
            await wanted(way, wish(2))
            assert way.gateway.config == configured(tmp_path)

    asyncio.run(story())


def test_what_needs_a_restart_is_named(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            status = await wanted(way, wish(1, outputs={"lamp": 5}, gateway={"language": "en"}))
            assert status.accepted
            assert status.reasons == ["gateway: in force after a restart", "outputs: in force after a restart"]

    asyncio.run(story())


def test_severities_hold_for_the_next_press(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            who = way.gateway.intake.identity("gt06", "1", "gt06")
            assert who.severities.get("geofence") is None
            await wanted(way, wish(1, alarms={"severities": {"geofence": "emergency"}}))
            assert way.gateway.intake.identity("gt06", "1", "gt06").severities["geofence"] == "emergency"

    asyncio.run(story())


def test_a_kept_wish_that_no_longer_fits_leaves_the_file_in_force_and_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / FILE).write_text(json.dumps(wish(7, alarms={"escalate_after_s": -1})))
        async with way_down(tmp_path) as way:
            assert way.gateway.config == configured(tmp_path)
            status = way.gateway.state().config
            assert status is not None
            assert (status.version, status.accepted, status.in_force) == (7, False, 0)

    asyncio.run(story())


def test_a_broken_file_is_as_if_nothing_was_wished(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / FILE).write_bytes(b'{"version": 1')
        async with way_down(tmp_path) as way:
            assert way.gateway.state().config is None
            assert (await wanted(way, wish(1, alarms={"escalate_after_s": 5}))).accepted

    asyncio.run(story())


def test_a_wish_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / "wanted.new").mkdir()
        async with way_down(tmp_path) as way:
            status = await wanted(way, wish(1, alarms={"escalate_after_s": 5}))
            assert not status.accepted
            assert "could not be kept on disk" in status.reasons[0]
            assert way.gateway.config.alarms.escalate_after_s == 10

    asyncio.run(story())


def test_a_thousand_reasons_are_cut_so_that_the_state_stays_small(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            status = await wanted(way, wish(1, **{f"x{n}": 0 for n in range(1000)}))
            assert len(status.reasons) == MAX_REASONS + 1
            assert status.reasons[-1] == "and 900 more"

    asyncio.run(story())


def test_a_judge_that_goes_too_deep_is_a_refusal(tmp_path: Path) -> None:
    def deep(_wish: object) -> Config | list[Finding]:
        raise RecursionError

    async def story() -> None:
        judged = Wanted(tmp_path, deep)
        assert await judged.take(b'{"version":1,"config":{}}', lambda _config: []) is None
        assert judged.status == ConfigStatus(version=1, accepted=False, reasons=["it is nested too deeply"])

    asyncio.run(story())
