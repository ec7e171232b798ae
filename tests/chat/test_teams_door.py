"""Who may call the bot on Teams, and whom it believes: tokens, keys, tenants, hosts, what nobody knows."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot import app
from bot.chat.teams.auth import SigningKeys
from bot.chat.teams.connector import CLOUDS, Connector, Unsent
from bot.chat.teams.doctor import examine
from bot.chat.teams.heard import activity_of, said_in
from bot.chat.teams.setup import Credentials, Options, together
from bot.domain.refusal import BadConfig
from bot.domain.wording.parts import NOT_KEPT
from bot.settings import teams_keys
from tests.chats import broken_once
from tests.teams_world import Served, account, keys_of, settings_of
from tests.world import START, library

DANA = "S001"
pytestmark = pytest.mark.on_teams


def counted(world, what: str) -> int:
    """How often something was heard, as /metrics says it."""
    said = {"platform": "teams", "what": what}
    return int(world.product.desk.meter.registry.get_sample_value("disaster_heard_total", said) or 0)


def none_token() -> str:
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return (
        f"Bearer {part({'alg': 'none', 'kid': 'fake-1'})}.{part({'iss': 'https://api.botframework.com', 'aud': 'x'})}."
    )


UNSIGNED = {
    "no token": {"header": ""},
    "garbage": {"header": "Bearer abc.def.ghi"},
    "three words": {"header": "Bearer a b"},
    "not bearer": {"header": "Basic abc"},
    "no algorithm": {"header": none_token()},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "wrong audience": {"claims": {"aud": "somebody-else"}},
    "no audience": {"claims": {"aud": None}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "the emulator's issuer": {"claims": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}},
    "another service": {"claims": {"serviceurl": "https://smba.trafficmanager.net/other/"}},
    "no service": {"claims": {"serviceurl": None}},
}


async def test_whatever_is_not_signed_for_us_is_401_and_counted(world):
    for name, how in UNSIGNED.items():
        answer = await world.teams.act("raw", user=account(DANA), activity={}, **how)
        assert answer["status"] == 401, name
    unknown = await world.teams.act("raw", user=account(DANA), activity={}, claims={}, kid="other-key")
    assert unknown["status"] == 401
    evil = {"serviceUrl": "https://evil.example/"}
    answer = await world.teams.act("raw", user=account(DANA), activity=evil, claims={"serviceurl": evil["serviceUrl"]})
    assert answer["status"] == 401
    assert counted(world, "unauthenticated") == len(UNSIGNED) + 2
    assert (await world.teams.act("raw", user=account(DANA), activity={}, claims={}))["status"] == 200


async def test_what_nobody_knows_is_ignored_and_counted(world):
    for activity in ({"type": "trace"}, {"type": "message", "from": None}, {"type": 7}, {"type": "event", "value": []}):
        answer = await world.teams.act("raw", user=account(DANA), activity=activity, claims={})
        assert answer["status"] == 200, activity
    for body in ([], "x", {}, {"type": "invoke", "conversation": "x"}):
        answer = await world.teams.act("raw", activity=body, claims={})
        assert answer["status"] == 200, body
    invoke = {"type": "invoke", "name": "composeExtension/query", "value": {"action": "x", "data": "y"}}
    assert (await world.teams.act("raw", user=account(DANA), activity=invoke, claims={}))["status"] == 200
    assert [counted(world, what) for what in ("malformed", "unknown", "unknown invoke")] == [6, 2, 1]


async def test_a_hostile_press_is_a_sentence_never_an_error(world):
    for data in ({}, {"i": "{"}, {"i": 7, "d": "x" * 400, "at": {}}, {"i": '{"kind":"steps","incident":99}', "d": -1}):
        value = {"action": {"type": "Action.Execute", "verb": "do", "data": data}}
        invoke = {"type": "invoke", "name": "adaptiveCard/action", "value": value}
        answer = await world.teams.act("raw", user=account(DANA), activity=invoke, claims={})
        assert (answer["status"], answer["body"]["statusCode"]) == (200, 200), answer
    assert counted(world, "failed") == 0


async def test_another_tenant_is_not_listened_to(world):
    activity = {"channelData": {"tenant": {"id": "evil"}}}
    assert (await world.teams.act("raw", user=account(DANA), activity=activity, claims={}))["status"] == 200
    assert counted(world, "other tenant") == 1
    assert await world.chat.look(DANA, "dm") == []


async def test_keys_that_cant_be_fetched_stop_nothing_that_was_known(world):
    assert "What you can type" in await world.person(DANA).types("help")
    try:
        await world.teams.change(keys=False)
        await world.sleeps(minutes=24 * 60)
        assert "What you can type" in await world.person(DANA).types("help")
    finally:
        await world.teams.change(keys=True)


async def test_keys_that_cant_be_fetched_at_the_start_are_asked_for_again_each_minute(world):
    keys = SigningKeys(f"{world.teams.base}/keys/openid", world.clock)
    try:
        await world.teams.change(keys=False)
        assert not await keys.renew()
    finally:
        await world.teams.change(keys=True)
    assert not await keys.renew(), "not more than once a minute, whatever strangers send"
    await world.sleeps(minutes=1)
    assert await keys.renew()
    assert await keys.get("fake-1")


async def test_a_repeated_activity_is_worked_once(world):
    await world.teams.act("say", user=account(DANA), place="dm", text="help", again=True)
    assert len([s for s in await world.chat.look(DANA, "dm") if s.by == "bot"]) == 1


async def test_whose_words_came_to_nothing_is_told_to_send_them_again(world, monkeypatch):
    broken_once(monkeypatch)
    await world.teams.act("say", user=account(DANA), place="dm", text="help")
    assert NOT_KEPT in (await world.chat.look(DANA, "dm"))[-1]
    assert counted(world, "failed") == 1
    assert "What you can type" in await world.person(DANA).types("help")


@pytest.mark.parametrize(
    ("where", "alone"),
    [
        ({"conversationType": "personal"}, True),
        ({}, True),
        ({"conversationType": "groupChat"}, False),
        ({"conversationType": "channel"}, False),
        ({"isGroup": True}, False),
    ],
)
def test_a_chat_of_several_is_nobodys_own(where, alone):
    body = {"type": "message", "id": "1", "from": {"id": "29:u"}, "conversation": {"id": "19:x", **where}}
    activity, whole = activity_of(json.dumps(body).encode())
    assert whole
    assert said_in(activity).personal is alone


def certificate() -> str:
    """A certificate of our own making, with its key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "disaster")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, START, START + timedelta(days=9))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + plain).decode()


async def test_a_certificate_proves_who_the_bot_is_and_another_does_not(world):
    ours, cloud = certificate(), world.product.on_teams.messenger.connector.cloud
    who = world.product.on_teams.messenger.connector.who
    await world.teams.change(certificate=ours)
    broken = (certificate(), "", "x", ours.replace("PRIVATE", "PUBLIC"))
    for pem, works in ((ours, True), *((wrong, False) for wrong in broken)):
        connector = Connector(cloud, replace(who, certificate=pem))
        try:
            assert bool(await connector.token()) is works
        except Unsent as why:
            assert not works, why
        finally:
            await connector.close()


async def test_without_an_app_id_nothing_of_microsofts_is_fetched(world):
    laptop = together(Options(who=Credentials()), world.product.desk)
    served = world.product.on_teams
    assert laptop.loops() == []
    assert served.loops() == [
        served.listener.adapter.keys.keep, served.members.run, served.members.conversations.run,
    ]  # fmt: skip
    found = [f async for f in examine(world.product.desk, laptop, "http://127.0.0.1:8080")]
    assert ("token", False) in [(f.what, f.well) for f in found]


@pytest.mark.parametrize(
    ("change", "keys", "says"),
    [
        ({}, {}, "set TEAMS_APP_ID"),
        ({}, {"TEAMS_APP_ID": "x"}, "TEAMS_APP_PASSWORD"),
        ({"channel": ""}, {"TEAMS_APP_ID": "x", "TEAMS_APP_PASSWORD": "y", "TEAMS_TENANT_ID": "z"}, "begins with 19:"),
        ({"allow_unauthenticated": True}, {"TEAMS_APP_ID": "x"}, "only without TEAMS_APP_ID"),
    ],
)
def test_teams_refuses_to_start_without_what_proves_who_calls(world_of, monkeypatch, change, keys, says):
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    chosen = world_of.model_copy(update={"teams": world_of.teams.model_copy(update=change)})
    with pytest.raises(BadConfig, match=says):
        teams_keys(chosen)


@pytest.fixture
def world_of(on_teams):
    """Settings with Teams on."""
    return settings_of(on_teams().tenant("people"))


def test_our_token_goes_to_microsoft_alone():
    public = CLOUDS["public"]
    assert public.allows("https://smba.trafficmanager.net/uk/")
    for evil in (
        "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net.evil.example/", "https://evil.example/",
        "https://x@smba.trafficmanager.net/", "https://evil.example#smba.trafficmanager.net", "https://[", "", "x",
        "https://evilsmba.trafficmanager.net/", "https://evil.smba.trafficmanager.net/", "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net:444/", "https://smba.infra.gov.teams.microsoft.us/",
    ):  # fmt: skip
        assert not public.allows(evil), evil


def test_every_cloud_has_its_own_addresses_and_believes_its_own_alone():
    for name, cloud in CLOUDS.items():
        assert cloud.allows(cloud.service), name
        assert cloud.issuer == cloud.scope.removesuffix("/.default"), name
        others = [other for key, other in CLOUDS.items() if {key, name} != {"public", "gcc"} and key != name]
        assert not any(cloud.allows(other.service) for other in others), name
    assert {cloud.login.rpartition(".")[2] for cloud in CLOUDS.values()} == {"com", "us", "cn"}
    assert CLOUDS["gcc_high"].keys == CLOUDS["dod"].keys != CLOUDS["public"].keys
    assert CLOUDS["china"].allows("https://directline.botframework.azure.cn/")


@pytest.mark.parametrize("cloud", ["gcc_high", "dod", "china"])
async def test_a_bot_in_another_cloud_believes_that_clouds_tokens_alone(world, cloud):
    chosen = settings_of(world.teams, cloud=cloud)
    there = app.build(chosen, world.store, library(), "a secret", clock=world.clock, teams_keys=keys_of(world.teams))
    served = await Served.start(there.web)
    await world.teams.change(bot_url=f"{served.url}/api/messages")
    answers = [
        (await world.teams.act("raw", user=account(DANA), activity={"type": "trace"}, claims={"iss": issuer}))["status"]
        for issuer in (CLOUDS[cloud].issuer, CLOUDS["public"].issuer)
    ]
    await served.stop()
    await there.on_teams.messenger.close()
    assert answers == [200, 401]
