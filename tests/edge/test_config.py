from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import config_shape as shape
from edge.config import ConfigError, check, examine_document, load
from edge.config_parts import Known
from edge.config_shape import Config, TcpConfig, endpoint
from edge.config_template import template
from edge.wanted import changes, wanted
from firmware_profiles.documents import parse, shipped_schema
from firmware_profiles.finding import Finding
from firmware_profiles.loader import Profile, Supervision, Text, load_profiles
from sync.contract import kiosk_box

TRACKER = Profile("gt06", Text("定位器", "Tracker"), "gt06", ("tcp", "udp"), supervision=Supervision(180))
RF = Profile("rf433_fd", Text("接收器", "Receiver"), "rf433_fd", ("serial",))
BUTTON = Profile("gpio_button", Text("按钮", "Button"), "gpio_button", ("gpio",))
ZIGBEE = Profile("zigbee2mqtt", Text("紫蜂", "Zigbee"), "zigbee2mqtt", ("mqtt",))
CAMERA = Profile("camera", Text("摄像头", "Camera"), "camera", ("camera",))
PROFILES = {profile.id: profile for profile in (TRACKER, RF, BUTTON, ZIGBEE, CAMERA)}

HEAD = """\
gateway: {{name: gw-1, data: {folder}/data}}
centre: {{host: centre.example, ca: {folder}/cert.pem, cert: {folder}/cert.pem, key: {folder}/key.pem}}
"""
PORTS = """\
ports:
  - {name: trackers, kind: tcp, profile: gt06, listen: "127.0.0.1:5023"}
  - {name: rf, kind: serial, profile: rf433_fd, path: /dev/ttyUSB0}
  - name: hall
    kind: gpio
    pins: [{line: sos, pin: 17, profile: gpio_button}]
    adc: [{line: loop, chip: mcp3008, channel: 0, profile: gpio_button}]
  - {name: zigbee, kind: mqtt, profile: zigbee2mqtt, broker: {host: 127.0.0.1}, topics: ["zigbee2mqtt/#"]}
  - {name: gate, kind: camera, profile: camera, source: /dev/video0, devices: [0123]}
"""


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    for name in ("", "other-"):
        subject = ["-subj", "/CN=gw-1", "-days", "1", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        files = ["-keyout", f"{folder}/{name}key.pem", "-out", f"{folder}/{name}cert.pem"]
        subprocess.run(["openssl", "req", "-x509", *subject, *files], check=True, capture_output=True)
        (folder / f"{name}key.pem").chmod(0o600)
    return folder


def written(tmp_path: Path, tls: Path, ports: str = PORTS, head: str = HEAD) -> Path:
    path = tmp_path / "linli.yaml"
    path.write_text(head.format(folder=tls) + ports, "utf-8")
    return path


def lines(path: Path, settings_schema: Any = None) -> list[str]:
    found = check(path, PROFILES, settings_schema)
    return [f"{finding.line}:{finding.column}: {finding.message}" for finding in found]


def test_a_good_configuration_becomes_frozen_values(tmp_path: Path, tls: Path) -> None:
    config = load(written(tmp_path, tls), PROFILES)
    assert config.gateway.name == "gw-1"
    assert config.centre.port == 8883
    assert [type(port).__name__ for port in config.ports] == [
        *("TcpConfig", "SerialConfig", "GpioConfig", "MqttConfig", "CameraConfig")
    ]
    assert config.ports[4] == shape.CameraConfig(name="gate", profile="camera", source="/dev/video0", devices=("0123",))
    with pytest.raises(AttributeError):
        config.gateway.name = "other"  # type: ignore[misc]


def test_every_mistake_of_a_file_comes_at_once_with_its_place(tmp_path: Path, tls: Path) -> None:
    ports = """\
ports:
  - {name: trackers, kind: tcp, profile: gt60, listen: "127.0.0.1:5023"}
  - {name: trackers, kind: tcp, profile: rf433_fd, listen: "0.0.0.0:5023"}
  - {name: x, kind: seriell}
  - {name: rf, kind: serial, profile: rf433_fd, path: /dev/ttyUSB0, buad: 9600}
  - {name: RF, kind: serial, profile: rf433_fd, path: /dev/ttyUSB0}
  - name: hall
    kind: gpio
    profile: gpio_button
    pins: [{line: sos, pin: 17}, {line: sos, pin: 17}, {line: out, pin: 4}]
    adc: [{line: loop, chip: mcp3004, channel: 4}]
outputs: {lamp: 4}
alarms: {escalate_after_s: 0, severities: {sos: bad}}
supervision: {profiles: {gt06x: {check_in_s: 60}}}
storage: {reserve_mb: 64, max_mb: 64}
"""
    assert lines(written(tmp_path, tls, ports)) == [
        "4:42: there is no profile `gt60`; did you mean `gt06`?",
        "5:12: port name `trackers` is taken by line 4",
        "5:42: profile `rf433_fd` cannot be heard through tcp",
        "5:60: `0.0.0.0:5023` is taken by line 4",
        "6:21: `kind`: text `seriell` is not one of the allowed words; did you mean `serial`?",
        "7:69: unknown key `buad`; did you mean `baud`?",
        "8:12: `name`: text `RF` does not have the right form",
        "8:55: serial line `/dev/ttyUSB0` is taken by line 7",
        "12:41: line `sos` is taken by line 12",
        "12:51: pin `17` is taken by line 12",
        "12:73: pin `4` is taken by line 14",
        "13:48: mcp3004 has no channel 4",
        "15:28: `escalate_after_s`: the number 0 is outside the bounds",
        "15:49: `sos`: text `bad` is not one of the allowed words",
        "16:26: there is no profile `gt06x`; did you mean `gt06`?",
        "17:23: `reserve_mb` leaves nothing",
    ]


def test_a_listening_interface_must_be_named(tmp_path: Path, tls: Path) -> None:
    ports = "ports:\n  - {name: t, kind: tcp, profile: gt06}\n  - {name: u, kind: udp, profile: gt06, listen: 5023}\n"
    assert lines(written(tmp_path, tls, ports)) == [
        "4:5: entry 1 of `ports`: `listen` is missing",
        "5:49: `listen`: found the number 5023; put it in quotes",
    ]


def test_the_three_great_parts_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "linli.yaml"
    path.write_text("{}", "utf-8")
    assert lines(path) == ["1:1: `centre` is missing", "1:1: `gateway` is missing", "1:1: `ports` is missing"]


def test_an_empty_file_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "linli.yaml"
    path.write_text("# nothing\n", "utf-8")
    assert "found nothing" in lines(path)[0]


def test_a_key_everybody_can_read_is_refused(tmp_path: Path, tls: Path) -> None:
    key = tmp_path / "open.pem"
    key.write_bytes((tls / "key.pem").read_bytes())
    key.chmod(0o644)
    path = written(tmp_path, tls, head=HEAD.replace("{folder}/key.pem", str(key)))
    (finding,) = check(path, PROFILES)
    assert "everybody" in finding.message
    assert "chmod" in finding.allowed
    key.chmod(0o640)
    assert check(path, PROFILES) == []


def test_a_key_of_another_certificate_is_refused(tmp_path: Path, tls: Path) -> None:
    path = written(tmp_path, tls, head=HEAD.replace("/key.pem", "/other-key.pem"))
    assert lines(path)[0].endswith("do not belong together")


def test_a_certificate_made_out_to_another_gateway_is_refused(tmp_path: Path, tls: Path) -> None:
    path = written(tmp_path, tls, head=HEAD.replace("name: gw-1", "name: gw-2"))
    (line,) = lines(path)
    assert line.endswith("the certificate is made out to `gw-1`, not to `gw-2`")


def test_a_missing_certificate_says_why(tmp_path: Path, tls: Path) -> None:
    path = written(tmp_path, tls, head=HEAD.replace("ca: {folder}/cert.pem", "ca: {folder}/none.pem"))
    assert "No such file" in lines(path)[0]


def test_secrets_of_ports_are_checked_too(tmp_path: Path, tls: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("x")
    secret.chmod(0o604)
    broker = f"{{host: h, username: u, password_file: {secret}, cert: {tls}/cert.pem}}"
    ports = f"""\
ports:
  - {{name: z, kind: mqtt, profile: zigbee2mqtt, topics: [a], broker: {broker}}}
  - {{name: c, kind: camera, profile: camera, source: "rtsp://u:secret@host/", password_file: /none}}
"""
    found = lines(written(tmp_path, tls, ports))
    assert len(found) == 4
    assert "`key` is missing" in found[0]
    assert "everybody" in found[1]
    assert "right form" in found[2]
    assert "No such file" in found[3]


def test_settings_of_a_port_are_checked_with_the_drivers_schema(tmp_path: Path, tls: Path) -> None:
    schema = {"type": "object", "properties": {"timezone_h": {"type": "integer"}}}
    ports = 'ports:\n  - {name: t, kind: tcp, profile: gt06, listen: "127.0.0.1:1", settings: {timezone: 8}}\n'
    path = written(tmp_path, tls, ports)
    assert lines(path, lambda _driver: schema) == ["4:75: unknown key `timezone`; did you mean `timezone_h`?"]


def test_networks_must_be_networks(tmp_path: Path, tls: Path) -> None:
    ports = 'ports:\n  - {name: t, kind: tcp, profile: gt06, listen: "[::1]:1", allow: [10.0.0.0/8, 10.0.0.1/8]}\n'
    assert lines(written(tmp_path, tls, ports))[0].startswith("4:80: ")


def test_loading_a_wrong_configuration_raises_with_all_findings(tmp_path: Path, tls: Path) -> None:
    path = written(tmp_path, tls, PORTS + "x: 1\ny: 2\n")
    with pytest.raises(ConfigError) as caught:
        load(path, PROFILES)
    assert len(caught.value.findings) == 2


def test_a_service_reads_the_key_that_systemd_hands_over(
    tmp_path: Path, tls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, tmp_path / "root-only")
    assert len(check(path, PROFILES)) == 3

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tls))

    assert check(path, PROFILES) == []
    assert load(path, PROFILES).centre.key == str(tls / "key.pem")


def test_the_template_of_init_is_valid_but_for_the_missing_certificates(tmp_path: Path) -> None:
    path = tmp_path / "linli.yaml"
    path.write_text(template("gw-7", "mqtt.example"), "utf-8")
    found = check(path)
    assert [finding.message.split("`")[1] for finding in found] == [
        *("/etc/linli/tls/ca.crt", "/etc/linli/tls/gateway.crt", "/etc/linli/tls/gateway.key")
    ]
    text = path.read_text("utf-8")
    assert "name: gw-7\n" in text
    assert "host: mqtt.example\n" in text


def test_the_commented_examples_of_the_template_are_valid_too(tmp_path: Path, tls: Path) -> None:
    text = template()
    start = text.index("ports: []")
    example = text[start : text.index("\noutputs:", start)].replace("ports: []", "ports:")
    example = re.sub(r"(?m)^  # ", "  ", example)
    example = "\n".join(line for line in example.splitlines() if not re.match(r"  [^ -]|# ", line))
    found = check(written(tmp_path, tls, example), PROFILES | load_profiles())
    assert [finding.message for finding in found if "cannot be read" not in finding.message] == []
    assert len(parse(example, "example")[0].data["ports"]) == 5  # type: ignore[union-attr]


def test_the_commented_second_path_of_the_template_is_valid_too(tmp_path: Path, tls: Path) -> None:
    text = template()
    start = text.index("# second_path:")
    example = re.sub(r"(?m)^# ", "", text[start : text.index("\nstorage:", start)])
    (finding,) = check(written(tmp_path, tls, PORTS + example), PROFILES)
    assert "second-path.secret` cannot be read" in finding.message


def test_a_wired_device_is_what_its_own_line_says_not_its_tamper_switch() -> None:
    tamper = shape.Pin(line="a:tamper", pin=2, active="low")
    pin = shape.Pin(line="a", pin=1, active="high", profile="x", settings={"c": 3})
    port = shape.GpioConfig(name="p", profile="y", pins=(tamper, pin), settings={"b": 2, "c": 2})
    assert shape.devices_on(port) == {"a": shape.Wired("x", {"b": 2, "c": 3, "active": "high"})}


def test_lines_and_outputs_of_a_device_must_hold_together(tmp_path: Path, tls: Path) -> None:
    ports = """\
ports:
  - name: hall
    kind: gpio
    pins: [{line: a, pin: 1, profile: gpio_button}, {line: "a:tamper", pin: 2}, {line: b, pin: 3}]
    adc: [{line: "a:loop", chip: mcp3008, channel: 0, profile: gt06}]
    outputs: [{line: "a:lamp", pin: 3}, {line: "c:lamp", pin: 4}]
  - {name: other, kind: gpio, chip: 1, profile: gpio_button, pins: [{line: d, pin: 1}]}
  - {name: empty, kind: gpio, profile: gpio_button}
"""
    assert lines(written(tmp_path, tls, ports)) == [
        "6:81: `profile` is missing",
        "7:64: profile `gt06` cannot be heard through gpio",
        "7:64: the device `a` is a `gpio_button` already",
        "8:37: pin `3` is taken by line 6",
        "8:48: there is no device `c` on this port",
        "10:5: no pin is declared",
    ]


def test_the_template_says_what_the_defaults_are() -> None:
    document = parse(template(), "t")[0]
    assert document is not None
    centre = {key: document.data["centre"][key] for key in ("host", "ca", "cert", "key")}
    bare = {"gateway": {"name": "gateway-1"}, "centre": centre, "ports": []}
    from edge.config import config_of  # noqa: PLC0415

    assert config_of(document.data) == config_of(bare)


def test_schema_and_shape_name_the_same_keys() -> None:
    schema = shipped_schema("edge", "config.schema.json")
    top, defs = schema["properties"], schema["$defs"]
    tagged = {f"port_{cls.__struct_config__.tag}": cls for cls in shape.PortConfig.__args__}
    pairs = [(schema, Config), (top["gateway"], shape.Gateway), (top["centre"], shape.Centre)]
    pairs += [(top["storage"], shape.Storage), (top["api"], shape.Api), (top["allow"], shape.Allow)]
    pairs += [(defs[name], cls) for name, cls in tagged.items()]
    pairs += [
        (defs["gpio_pin"], shape.Pin),
        (defs["gpio_output"], shape.OutputPin),
        (defs["adc"], shape.Adc),
        (defs["broker"], shape.BrokerConfig),
    ]
    pairs += [(defs["alarms"], shape.Alarms), (defs["outputs"], shape.Outputs), (defs["intervals"], shape.Intervals)]
    pairs += [(defs["supervision"], shape.SupervisionConfig), (defs["night_check"], shape.NightCheck)]
    kiosk = defs["kiosk"]["properties"]
    pairs += [(defs["kiosk"], kiosk_box.KioskBox), (kiosk["screen"], kiosk_box.Glass)]
    pairs += [(kiosk["open"]["items"], kiosk_box.Opening), (kiosk["hotlines"]["items"], kiosk_box.Hotline)]
    for part, cls in pairs:
        assert set(part["properties"]) - {"kind"} == set(cls.__struct_fields__), cls
    assert set(top["allow"]["properties"]["requests"]["items"]["enum"]) == set(shape.REQUESTS)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 70000), st.text(max_size=8), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    *("name", "kind", "profile", "listen", "pins", "pin", "adc", "chip", "channel", "broker", "host"),
                    *("topics", "source", "allow", "line", "settings", "data", "ca", "cert", "key", "x"),
                ]
            ),
            st.one_of(inner, st.sampled_from(["tcp", "gpio", "mqtt", "camera", "gt06", "127.0.0.1:70000", "a:b:c"])),
            max_size=6,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(Config.__struct_fields__)), st.one_of(VALUES, st.lists(VALUES)), max_size=4)
)
def test_no_shape_of_values_crashes_the_check(data: dict[str, Any]) -> None:
    from firmware_profiles.tree import Document  # noqa: PLC0415

    assert examine_document(Document("f", data), Known(PROFILES))


def test_an_endpoint_is_read_in_both_families() -> None:
    assert endpoint("192.168.1.10:5023") == ("192.168.1.10", 5023)
    assert endpoint("[fd00::1]:5023") == ("fd00::1", 5023)


@pytest.fixture
def base(tmp_path: Path, tls: Path) -> Config:
    return load(written(tmp_path, tls, PORTS + "alarms: {escalate_after_s: 20}\noutputs: {lamp: 5}\n"), PROFILES)


def test_a_wish_from_afar_is_laid_over_the_file(base: Config) -> None:
    wish = {
        "alarms": {"severities": {"vibration": "ignore"}},
        "supervision": {"profiles": {"gt06": {"check_in_s": 600}}},
        "intervals": {"state_s": 30},
        "outputs": {"lamp": None, "buzzer": 6},
        "gateway": {"language": "en"},
    }
    new = wanted(base, wish, Known(PROFILES))
    assert isinstance(new, Config)
    assert new.alarms == shape.Alarms(escalate_after_s=20, severities={"vibration": "ignore"})
    assert new.supervision.profiles["gt06"].check_in_s == 600
    assert new.outputs == shape.Outputs(lamp=None, buzzer=6)
    assert (new.gateway.language, new.gateway.name) == ("en", "gw-1")
    assert new.ports == base.ports


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"centre": {"host": "evil.example"}}, "unknown key `centre`"),
        ({"gateway": {"name": "other"}}, "unknown key `name`"),
        ({"gateway": {"data": "/tmp"}}, "unknown key `data`"),
        ({"storage": {"max_mb": 32}}, "unknown key `storage`"),
        ({"ports": []}, "unknown key `ports`"),
        ({"allow": {"requests": []}}, "unknown key `allow`"),
        ({"outputs": {"lamp": 17}}, "pin `17` is taken"),
        ({"supervision": {"profiles": {"gt07": {}}}}, "no profile `gt07`"),
        ([], "found a list"),
        (None, "found nothing"),
    ],
)
def test_a_wish_for_what_is_not_the_centres_is_refused(base: Config, wish: object, word: str) -> None:
    found = wanted(base, wish, Known(PROFILES))
    assert isinstance(found, list)
    assert word in str(found[0])


def test_a_wrong_wish_is_refused_whole_with_every_reason(base: Config) -> None:
    wish = {
        "alarms": {"escalate_after_s": 0, "acknowledge_after_s": 30},
        "intervals": {"state_s": 600},
        "night_check": {"at": "25:00"},
    }
    found = wanted(base, wish, Known(PROFILES))
    assert isinstance(found, list)
    assert [finding.file for finding in found] == [
        "wanted configuration: alarms.escalate_after_s",
        "wanted configuration: intervals.state_s",
        "wanted configuration: night_check.at",
    ]


def test_a_wish_is_refused_for_its_own_mistakes_only(base: Config, tls: Path) -> None:
    away = tls / "key.pem"
    moved = away.rename(tls / "moved.pem")
    try:
        assert isinstance(wanted(base, {"intervals": {"state_s": 30}}, Known(PROFILES)), Config)
    finally:
        moved.rename(away)


def test_changes_say_which_sections_and_whether_to_restart(base: Config) -> None:
    known = Known(PROFILES)
    live = wanted(base, {"alarms": {"escalate_after_s": 5}, "night_check": {"at": "04:00"}}, known)
    restart = wanted(base, {"outputs": {"buzzer": 6}}, known)
    assert isinstance(live, Config)
    assert isinstance(restart, Config)
    assert changes(base, live) == ({"alarms", "night_check"}, False)
    assert changes(base, restart) == ({"outputs"}, True)
    assert changes(base, base) == (set(), False)


def test_findings_of_a_configuration_speak_chinese(tmp_path: Path, tls: Path) -> None:
    found: list[Finding] = check(
        written(tmp_path, tls, PORTS.replace("gt06", "gt60") + "storage: {max_mb: x}\n"), PROFILES
    )
    assert all(any("\u4e00" <= char <= "\u9fff" for char in finding.text("zh")) for finding in found)
    assert len(found) == 2


def test_a_tcp_port_has_safe_defaults() -> None:
    port = TcpConfig(name="t", profile="gt06", listen="127.0.0.1:1")
    assert (port.max_connections, port.idle_s, port.allow) == (2000, None, ())


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("{kind: webhook, url: 'http://192.0.2.1/in'}", "would not be encrypted"),
        ("{kind: webhook}", "url"),
        ("{kind: dialler, url: 'https://a.example'}", "webhook"),
        ("{kind: webhook, url: 'https://a:b@a.example/'}", "without name and password"),
        ("{kind: webhook, url: 'https://a.example', secret_file: /nowhere/secret}", "cannot be read"),
        ("{kind: webhook, url: 'https://a.example', timeout_s: 60}", "25"),
    ],
)
def test_a_wrong_second_path_is_named_at_its_place(tmp_path: Path, tls: Path, section: str, words: str) -> None:
    (finding,) = check(written(tmp_path, tls, f"{PORTS}second_path: {section}\n"), PROFILES)
    assert words in str(finding)


def test_a_secret_must_be_one_line_of_text(tmp_path: Path, tls: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("one\ntwo\n")
    secret.chmod(0o600)
    section = f"{PORTS}second_path: {{kind: webhook, url: 'https://a.example', secret_file: {secret}}}\n"
    assert "holds no secret" in str(check(written(tmp_path, tls, section), PROFILES))
    secret.write_text("Bearer abc\n")
    assert not check(written(tmp_path, tls, section), PROFILES)
