"""What is concluded from pictures: frozen, covered, moving. No camera, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.covered import CoveredJudge
from drivers.camera.frozen import FrozenJudge
from drivers.camera.motion import MotionJudge, Moved
from drivers.camera.numbers import Numbers
from drivers.camera.settings import Zone
from tests.camera.scenes import EVERYWHERE, LEFT, RIGHT, Yard, measured

FPS = 5


def frozen_at(judge: FrozenJudge, numbers: Iterable[Numbers]) -> float | None:
    return next((n.at_s for n in numbers if judge.take(n)), None)


def covered_at(judge: CoveredJudge, numbers: Iterable[Numbers]) -> float | None:
    return next((n.at_s for n in numbers if judge.take(n)), None)


def moved(numbers: Iterable[Numbers], *, min_area: float = 0.005, cool_down_s: float = 30) -> list[Moved]:
    judge = MotionJudge(min_area, cool_down_s)
    return [one for n in numbers for one in judge.take(n)]


# --- frozen


def test_a_still_scene_with_the_noise_of_a_sensor_is_never_frozen() -> None:
    yard = Yard()
    assert frozen_at(FrozenJudge(10), measured(yard.picture() for _ in range(FPS * 60))) is None


def test_a_picture_that_repeats_is_frozen_after_the_time_that_was_set() -> None:
    yard, judge = Yard(), FrozenJudge(10)
    live = [yard.picture() for _ in range(FPS * 20)]

    at_s = frozen_at(judge, measured([*live, *[live[-1]] * FPS * 20]))

    assert at_s is not None
    assert 20 + 3 <= at_s <= 20 + 10


def test_the_clock_a_camera_writes_into_its_corner_does_not_hide_that_it_hangs() -> None:
    yard, judge = Yard(), FrozenJudge(10)
    pictures = [yard.picture() for _ in range(FPS * 20)]
    for index in range(FPS * 20):
        still = pictures[FPS * 20 - 1].copy()
        still[2:8, 2:30] = 250 if index // FPS % 2 else 10
        pictures.append(still)
    assert frozen_at(judge, measured(pictures)) is not None


def test_the_key_frames_of_an_encoder_do_not_hide_that_the_camera_hangs() -> None:
    yard, judge = Yard(), FrozenJudge(10)
    live = [yard.picture() for _ in range(FPS * 20)]
    repeated = [live[-1] + (1.0 if index % FPS < 2 else 0.0) for index in range(FPS * 20)]
    assert frozen_at(judge, measured([*live, *repeated])) is not None


def test_a_camera_that_is_mended_is_frozen_no_longer() -> None:
    yard, judge = Yard(), FrozenJudge(10)
    live = [yard.picture() for _ in range(FPS * 20)]
    again = [yard.picture() for _ in range(FPS * 20)]

    states = [judge.take(n) for n in measured([*live, *[live[-1]] * FPS * 20, *again])]

    assert states[FPS * 40 - 1]
    assert not states[-1]


def test_a_camera_that_never_showed_noise_needs_ten_times_as_long() -> None:
    yard = Yard()
    picture = yard.picture()
    assert frozen_at(FrozenJudge(10), measured([picture] * FPS * 95)) is None
    at_s = frozen_at(FrozenJudge(10), measured([picture] * FPS * 125))
    assert at_s is not None


def test_a_night_without_noise_is_not_frozen_at_once() -> None:
    yard = Yard()
    day = [yard.picture() for _ in range(FPS * 20)]
    night = [np.full_like(day[0], 3.0)] * FPS * 60
    assert frozen_at(FrozenJudge(10), measured([*day, *night])) is None


def test_switched_off_nothing_is_frozen() -> None:
    assert frozen_at(FrozenJudge(0), measured([Yard().picture()] * FPS * 60)) is None


# --- covered


@pytest.mark.parametrize(("level", "dark"), [(2.0, True), (60.0, False), (230.0, False)])
def test_a_hand_a_bag_or_paint_over_the_lens_is_a_cover(level: float, dark: bool) -> None:  # noqa: FBT001
    yard, judge = Yard(), CoveredJudge(5)
    pictures = [*(yard.picture() for _ in range(FPS * 20)), *(yard.covered(level) for _ in range(FPS * 20))]

    at_s = covered_at(judge, measured(pictures))

    assert at_s is not None
    assert 25 <= at_s <= 26
    assert judge.dark is dark


def test_a_hand_that_passes_is_no_cover() -> None:
    yard = Yard()
    live = [yard.picture() for _ in range(FPS * 20)]
    pictures = [*live, *(yard.covered() for _ in range(FPS * 4)), *live]
    assert covered_at(CoveredJudge(5), measured(pictures)) is None


def test_taking_the_cover_away_ends_it() -> None:
    yard, judge = Yard(), CoveredJudge(5)
    live = [yard.picture() for _ in range(FPS * 20)]
    for numbers in measured([*live, *(yard.covered() for _ in range(FPS * 600)), *live]):
        judge.take(numbers)
    assert not judge.covered


def test_dusk_is_no_cover() -> None:
    yard = Yard()
    light = np.linspace(1.0, 0.12, FPS * 900)
    assert covered_at(CoveredJudge(5), measured(yard.picture(light=part) for part in light)) is None


def test_somebody_who_stands_before_the_camera_is_no_cover() -> None:
    yard = Yard()
    pictures = [*(yard.picture() for _ in range(100)), *(yard.with_box(0.2, 0.1, 0.6) for _ in range(100))]
    assert covered_at(CoveredJudge(5), measured(pictures)) is None


def test_a_camera_that_starts_with_its_cap_on_is_covered_but_not_one_that_starts_at_night() -> None:
    yard = Yard()
    assert covered_at(CoveredJudge(5), measured(yard.covered(90) for _ in range(FPS * 20))) is not None
    assert covered_at(CoveredJudge(5), measured(yard.covered(3) for _ in range(FPS * 20))) is None


# --- motion


def walk(yard: Yard, seconds: float, start: float = 0.0, to: float = 0.85) -> Iterable[np.ndarray]:
    count = int(seconds * FPS)
    return (yard.with_box(start + (to - start) * index / count, 0.4) for index in range(count))


def test_a_box_that_walks_through_moves_in_the_zones_it_passes() -> None:
    yard = Yard()
    pictures = [*(yard.picture() for _ in range(50)), *walk(yard, 10)]

    found = moved(measured(pictures, (LEFT, RIGHT)))

    assert [one.zone for one in found] == ["left", "right"]
    assert all(0.005 <= one.area <= 0.1 for one in found)


def test_noise_does_not_move() -> None:
    yard = Yard()
    assert moved(measured((yard.picture(noise=5) for _ in range(300)), (EVERYWHERE,))) == []


def test_a_lamp_that_is_switched_on_does_not_move_and_who_comes_in_then_does() -> None:
    yard = Yard()
    lamp = [*(yard.picture(light=0.3) for _ in range(50)), *(yard.picture() for _ in range(50))]
    assert moved(measured(lamp, (EVERYWHERE,))) == []
    assert len(moved(measured([*lamp, *walk(yard, 5)], (EVERYWHERE,)))) == 1


def test_a_cloud_does_not_move() -> None:
    yard = Yard()
    light = 1.0 - 0.25 * np.sin(np.linspace(0, 6 * np.pi, FPS * 120)) ** 2
    assert moved(measured((yard.picture(light=part) for part in light), (EVERYWHERE,))) == []


def test_what_is_smaller_than_the_least_area_does_not_count() -> None:
    yard = Yard()
    pictures = [*(yard.picture() for _ in range(50)), *walk(yard, 10)]
    assert moved(measured(pictures, (EVERYWHERE,)), min_area=0.1) == []


def test_movement_outside_every_zone_is_not_told() -> None:
    yard = Yard()
    corner = Zone("corner", ((0, 0), (0.2, 0), (0, 0.2)))
    pictures = [*(yard.picture() for _ in range(50)), *walk(yard, 10, start=0.4)]
    assert moved(measured(pictures, (corner,))) == []


def test_movement_that_goes_on_is_told_again_only_after_the_cool_down() -> None:
    yard = Yard()
    pictures = [yard.picture() for _ in range(25)]
    for _ in range(12):
        pictures += [*walk(yard, 5), *walk(yard, 5, 0.85, 0.0)]

    found = moved(measured(pictures, (EVERYWHERE,)), cool_down_s=30)

    assert 3 <= len(found) <= 5
    assert all(b.at_s - a.at_s >= 30 for a, b in pairwise(found))


def test_one_bad_picture_of_an_encoder_is_no_movement() -> None:
    yard = Yard()
    pictures = [yard.picture() for _ in range(100)]
    pictures[60] = yard.with_box(0.3, 0.3, 0.3)
    assert moved(measured(pictures, (EVERYWHERE,))) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=8))
def test_any_polygon_is_a_zone(points: list[tuple[float, float]]) -> None:
    found = list(measured([Yard().picture()] * 2, (Zone("any", tuple(points)),)))
    assert len(found) == 2
