"""The table of regimes: what may apply where, and every fault of the file named with its line."""

from datetime import date
from pathlib import Path

import pytest

from bot import app
from bot.domain.refusal import BadConfig
from bot.domain.regime import Certainty
from bot.domain.runbook import Category
from bot.storage.regimes import load
from tests.world import library, product_settings

POLICY = product_settings().policy
REGIMES = library().regimes
ALL = frozenset(REGIMES.profile)
TODAY = date(2026, 11, 21)
GOOD = """profile:
  personal_data: decides about personal data
anchors:
  aware: you became aware of it
regimes:
  - id: gdpr
    title: GDPR
    reportable_when: Personal data was lost
    categories: [data_loss]
    jurisdictions: [EU]
    profile: [personal_data]
    calendar: DE
    source_url: https://example.org/gdpr
    verified_on: 2026-11-21
    certainty: B
    enabled: true
    stages:
      - id: first
        title: Notification
        to: the authority
        within: 72 hours
        after: aware
      - id: final
        title: Final report
        to: the authority
        within: 1 month
        after: submitted:first
"""


def applying(category: Category, *countries: str, traits: frozenset[str] = ALL, on: date = TODAY) -> set[str]:
    return {regime.id for regime in REGIMES.applying(category, countries, traits, on)}


def complaints(folder: Path, text: str) -> list[str]:
    (folder / "regimes.yaml").write_text(text, encoding="utf-8")
    try:
        _, problems = load(
            folder, POLICY.model_copy(update={"profile": POLICY.profile.model_copy(update={"traits": ()})})
        )
    except BadConfig as bad:
        problems = bad.problems
    return [str(problem).replace(f"{folder}/regimes.yaml:", "") for problem in problems]


def test_every_row_of_the_table_is_there():
    assert len(REGIMES.regimes) == 30
    assert {r.id for r in REGIMES.regimes if r.certainty is Certainty.C} == {"in_dpdp", "in_rbi", "us_circia"}
    assert {r.id for r in REGIMES.regimes if not r.enabled} == {"in_dpdp", "in_rbi", "us_circia"}


def test_category_jurisdiction_and_profile_choose():
    assert applying(Category.LIFE_SAFETY_EVENT, "US") == {"osha_death", "osha_injury"}
    assert applying(Category.LIFE_SAFETY_EVENT, "GB") == {"riddor_serious", "riddor_over_seven_days"}
    assert applying(Category.DEMAND_SURGE, "US", "GB", "DE") == set()
    assert applying(Category.SECURITY_BREACH, "GB", traits=frozenset({"personal_data"})) == {"uk_gdpr_33"}
    assert applying(Category.SECURITY_BREACH, "DE", traits=frozenset({"personal_data"})) == {"gdpr_33"}
    assert applying(Category.SECURITY_BREACH, "NO", traits=frozenset({"personal_data"})) == {"gdpr_33"}
    assert applying(Category.SECURITY_BREACH, "CH", traits=frozenset({"personal_data"})) == set()
    assert applying(Category.SECURITY_BREACH, traits=frozenset({"sec_registrant"})) == {"sec_8k"}


def test_what_is_not_in_force_yet_or_not_enabled_does_not_apply():
    assert "fca_pra_2027" not in applying(Category.NETWORK_FAILURE, "GB", on=date(2027, 3, 17))
    assert "fca_pra_2027" in applying(Category.NETWORK_FAILURE, "GB", on=date(2027, 3, 18))
    assert applying(Category.SECURITY_BREACH, "IN", traits=frozenset({"personal_data", "rbi_regulated"})) == {"cert_in"}


def test_the_file_that_ships_is_right():
    assert load(app.ROOT / "runbooks", POLICY)[1] == []


def test_a_right_file_has_no_faults(tmp_path):
    assert complaints(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("within: 72 hours", "within: 72 h", "21: error: regimes[gdpr].stages[first].within is '72 h': is no limit; write 72 hours, 120 minutes, 3 calendar days, 4 business days, 1 month or at once"),
        ("after: aware", "after: awaer", "22: error: regimes[gdpr].stages[first].after is 'awaer': no such anchor at the file's top; did you mean aware?"),
        ("submitted:first", "submitted:frist", "27: error: regimes[gdpr].stages[final].after is 'submitted:frist': no stage above has this id; did you mean first?"),
        ("submitted:first", "submitted:final", "27: error: regimes[gdpr].stages[final].after is 'submitted:final': no stage above has this id; use one of: first"),
        ("id: final", "id: first", "23: error: regimes[gdpr].stages[first].id is 'first': another one has this id; give each its own"),
        ("[EU]", "[UE]", "10: error: regimes[gdpr].jurisdictions[1] is 'UE': no such country; two letters, EU or EEA: did you mean"),
        ("calendar: DE", "calendar: DEU", "12: error: regimes[gdpr].calendar is 'DEU': no such calendar; did you mean DE"),
        ("calendar: DE", "calendar: DE\n    tz: Europe/Berln", "13: error: regimes[gdpr].tz is 'Europe/Berln': no such time zone; did you mean Europe/Berlin?"),
        ("profile: [personal_data]", "profile: [personal_dat]", "11: error: regimes[gdpr].profile[1] is 'personal_dat': no such trait at the file's top; did you mean personal_data?"),
        ("certainty: B", "certainty: C", "16: error: regimes[gdpr].enabled is 'True': a row of certainty C stays off"),
        ("certainty: B", "certainty: D", "15: error: regimes[gdpr].certainty is 'D': use one of: A, B or C"),
        ("[data_loss]", "[data_los]", "9: error: regimes[gdpr].categories[1] is 'data_los': did you mean data_loss?"),
        ("verified_on: 2026-11-21", "verified: 2026-11-21", "14: error: regimes[gdpr].verified is '2026-11-21': no such key; did you mean verified_on?"),
        ("certainty: B", "certainty: B\n    owner: REGG", "16: error: regimes[gdpr].owner is 'REGG': no such role; did you mean REG?"),
        ("https://example.org/gdpr", "the internet", "13: error: regimes[gdpr].source_url is 'the internet': "),
        ("certainty: B", 'certainty: B\n    day_ends: "25:00"', "16: error: regimes[gdpr].day_ends is '25:00': is no time of day; write it in quotes, such as '17:30'"),
        ("  aware: you", "  awake: you woke\n  aware: you", "4: warning: anchors.awake: no stage counts from it"),
        ("  personal_data:", "  left_handed: writes so\n  personal_data:", "2: warning: profile.left_handed: no regime asks for it"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_the_nearest_right_word(tmp_path, right, wrong, said):
    assert right in GOOD
    found = complaints(tmp_path, GOOD.replace(right, wrong, 1))
    assert [line for line in found if line.startswith(said)], found


def test_it_would_apply_to_everybody(tmp_path):
    text = GOOD.replace("    jurisdictions: [EU]\n", "").replace("    profile: [personal_data]\n", "")
    assert any("it would apply to everybody" in line for line in complaints(tmp_path, text))


def test_a_trait_that_app_yaml_has_and_the_file_has_not(tmp_path):
    (tmp_path / "regimes.yaml").write_text(GOOD, encoding="utf-8")
    profile = POLICY.profile.model_copy(update={"traits": ("personaldata",)})
    with pytest.raises(BadConfig, match="'personaldata'.*policy.profile.traits has it; did you mean personal_data"):
        load(tmp_path, POLICY.model_copy(update={"profile": profile}))


def test_rows_that_nobody_looked_at_for_a_year_are_warned_of(tmp_path):
    (tmp_path / "regimes.yaml").write_text(GOOD, encoding="utf-8")
    policy = POLICY.model_copy(update={"profile": POLICY.profile.model_copy(update={"traits": ()})})
    assert load(tmp_path, policy, date(2027, 11, 22))[1] == []
    (problem,) = load(tmp_path, policy, date(2027, 11, 23))[1]
    assert problem.warning
    assert "nobody has compared it with its source for a year" in problem.fix


def test_business_days_without_a_calendar_are_warned_of(tmp_path):
    text = GOOD.replace("72 hours", "3 business days").replace("    calendar: DE\n", "")
    (tmp_path / "regimes.yaml").write_text(text, encoding="utf-8")
    profile = POLICY.profile.model_copy(update={"traits": (), "calendar": ""})
    _, problems = load(tmp_path, POLICY.model_copy(update={"profile": profile}))
    assert [p.warning for p in problems] == [True]
    assert "holidays are not known" in problems[0].fix
