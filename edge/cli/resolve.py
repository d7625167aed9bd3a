"""From the names a person types to a driver with its settings: a profile, a driver, and a model of either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.decoder import Driver, DriverError, load_driver
from drivers.model import Struct, ValidationError, convert
from edge.cli.speech import CannotError, Speech
from firmware_profiles.documents import read
from firmware_profiles.finding import listed, meant
from firmware_profiles.loader import SHIPPED, TEXT_KEYS


@dataclass(frozen=True, slots=True)
class Chosen:
    """A driver and the settings it starts with. `remark`: what the person should know about the choice."""

    driver: Driver
    settings: Struct
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """What a name stands for: a driver, and the settings and `models` of a profile, if it is one."""

    name: str
    driver: Driver
    raw: dict[str, Any]
    models: tuple[str, ...] = ()


class Resolver:
    """Looks names up in the shipped profiles and in folders of the site, which go before them."""

    def __init__(self, protocol: str, folders: Sequence[Path], speech: Speech) -> None:
        self._speech = speech
        self._files = {path.stem: path for folder in (SHIPPED, *folders) for path in sorted(folder.glob("*.yaml"))}
        self._base = self._find(protocol)

    def choose(self, model: str = "", **over: object) -> Chosen:
        """The settings for a model; `over` goes over fields the driver's settings have, and is dropped otherwise."""
        raw, remark = self._of_model(model) if model else (self._base.raw, "")
        driver = self._base.driver
        known = {name: value for name, value in over.items() if name in fields_of(driver)}
        try:
            return Chosen(driver, convert({**raw, **known}, driver.settings), remark)
        except ValidationError as error:
            raise CannotError(self._speech(f"settings of {self._base.name}: {error}", f"设置有误：{error}")) from None

    def _find(self, protocol: str) -> _Base:
        """A profile by its id, else a driver by its name, else the only profile whose id begins like this."""
        by_plain = {_plain(stem): stem for stem in self._files}
        stem = protocol if protocol in self._files else by_plain.get(_plain(protocol))
        if stem is not None:
            return self._profile(stem)
        try:
            driver = load_driver(protocol.replace("-", "_"))
        except DriverError:
            near = [stem for stem in self._files if _plain(stem).startswith(_plain(protocol) or "?")]
            if len(near) == 1:
                return self._profile(near[0])
            raise self._unknown(protocol, near) from None
        return _Base(protocol, driver, {})

    def _unknown(self, protocol: str, near: list[str]) -> CannotError:
        en, zh = ("", "") if near else meant(protocol, self._files)
        which = listed(near or sorted(self._files))
        return CannotError(
            self._speech(
                f"there is no profile or driver `{protocol[:60]}`{en}; there are: {which}",
                f"没有设备类型或驱动 `{protocol[:60]}`{zh}；可用：{which}",
            )
        )

    def _profile(self, stem: str) -> _Base:
        document, findings = read(self._files[stem], TEXT_KEYS)
        if document is None or findings:
            text = self._speech(f"the profile {stem} has mistakes", f"设备类型 {stem} 有错误")
            raise CannotError(text, [finding.text(self._speech.language) for finding in findings])
        data = document.data
        try:
            return _Base(stem, load_driver(data["driver"]), data.get("settings", {}), tuple(data.get("models", ())))
        except (KeyError, TypeError, AttributeError, DriverError) as error:
            raise CannotError(f"{self._files[stem]}: {error}") from None

    def _of_model(self, model: str) -> tuple[dict[str, Any], str]:
        base = self._base
        for stem in self._candidates(model):
            found = self._profile(stem)
            if found.driver.name == base.driver.name:
                return {**base.raw, **found.raw}, ""
        if "model" in fields_of(base.driver):
            remark = self._speech(
                f"no profile is made for the model {model}; the driver is told its name",
                f"没有型号 {model} 的设备类型；仅把型号名传给驱动",
            )
            return {**base.raw, "model": model}, remark
        raise CannotError(
            self._speech(
                f"the driver {base.driver.name} tells no models apart, and no profile of it is called `{model[:60]}`",
                f"驱动 {base.driver.name} 不区分型号，也没有名为 `{model[:60]}` 的设备类型",
            )
        )

    def _candidates(self, model: str) -> Iterable[str]:
        """Profiles that may be of this model, the most certain first; the last ones are read to find out."""
        want, base = _plain(model), _plain(self._base.name)
        driver = _plain(self._base.driver.name)
        yield from (stem for stem in self._files if _plain(stem) in {want, base + want, driver + want})
        for stem in sorted(self._files):
            if want in map(_plain, stem.split("-")):
                yield stem
        for stem in sorted(self._files):
            found = self._profile(stem)
            if want in map(_plain, [str(found.raw.get("model", "")), *found.models]):
                yield stem


def fields_of(driver: Driver) -> Sequence[str]:
    """The names of a driver's settings."""
    return driver.settings.__struct_fields__


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
