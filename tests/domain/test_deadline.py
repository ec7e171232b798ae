"""Deadlines of the regimes that ship, worked by hand; the source of each rule stands beside it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import is_business_day
from bot.domain.clock import for_profile
from bot.domain.deadline import Wall, add, add_months, deadline, rolled, wall
from bot.domain.regime import Regime, Span, Unit, span
from tests.world import library

REGIMES = {regime.id: regime for regime in library().regimes.regimes}


def of(regime: str, calendar: str = "", tz: str = "UTC", traits: tuple[str, ...] = ()) -> Regime:
    """A regime as it holds for an organisation."""
    return for_profile(REGIMES[regime], traits, calendar, tz)


def at(text: str, tz: str) -> datetime:
    """A moment on the wall of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def due(regime: Regime, stage: str, tz: str, **anchors: str) -> str:
    """When a stage is due, on that wall: "Mon 2026-03-30 16:00"."""
    moments = {name.replace("submitted_", "submitted:"): at(text, tz) for name, text in anchors.items()}
    found = deadline(regime.stage(stage), moments, wall(regime))
    assert found is not None
    return found.due.astimezone(ZoneInfo(tz)).strftime("%a %Y-%m-%d %H:%M")


# Regulation (EU) 2016/679, Article 33(1): 72 hours after having become aware. Hours are elapsed hours, so the wall
# shows one more after the last Sunday of March and one less after that of October.
def test_gdpr_when_clocks_go_forward():
    gdpr = of("gdpr_33", tz="Europe/Berlin")
    assert due(gdpr, "notification", "Europe/Berlin", aware="2026-03-27T15:00") == "Mon 2026-03-30 16:00"


def test_gdpr_when_clocks_go_back():
    gdpr = of("gdpr_33", tz="Europe/Berlin")
    assert due(gdpr, "notification", "Europe/Berlin", aware="2026-10-23T15:00") == "Mon 2026-10-26 14:00"


def test_uk_gdpr_over_a_weekend_counts_every_hour():
    assert due(of("uk_gdpr_33"), "notification", "Europe/London", aware="2026-11-20T17:00") == "Mon 2026-11-23 17:00"


def test_a_processor_tells_the_controller_at_once():  # GDPR, Article 33(2)
    found = deadline(
        of("gdpr_33_processor").stages[0], {"aware": at("2026-11-02T09:00", "UTC")}, wall(of("gdpr_33_processor"))
    )
    assert found is not None
    assert found.due == found.start


# Form 8-K, General Instruction B.1: four business days after; an event on a Saturday, Sunday or holiday counts from and
# includes the next business day. Regulation S-T, Rule 13: what comes after 17:30 Eastern is filed the next business day.
@pytest.mark.parametrize(
    ("material", "wanted"),
    [
        ("2026-11-25T10:00", "Wed 2026-12-02 17:30"),  # the Wednesday before Thanksgiving: Fri, Mon, Tue, Wed
        ("2026-11-25T23:30", "Wed 2026-12-02 17:30"),  # still that Wednesday in New York, though not in UTC
        ("2026-11-20T16:00", "Fri 2026-11-27 17:30"),  # a Friday: Mon, Tue, Wed, not Thanksgiving, Fri
        ("2026-11-21T12:00", "Fri 2026-11-27 17:30"),  # a Saturday: Monday is the first of the four
        ("2026-03-31T12:00", "Mon 2026-04-06 17:30"),  # Good Friday is no federal holiday: Wed, Thu, Fri, Mon
        ("2026-06-30T12:00", "Tue 2026-07-07 17:30"),  # Independence Day on a Saturday is kept on Friday 3 July
        ("2026-12-24T12:00", "Thu 2026-12-31 17:30"),  # Christmas on a Friday: Mon, Tue, Wed, Thu
    ],
)
def test_sec_business_days_over_federal_holidays(material, wanted):
    assert due(of("sec_8k"), "form_8k", "America/New_York", material=material) == wanted


# Delegated Regulation (EU) 2025/301, Article 5(1)(a) and (2).
@pytest.mark.parametrize(
    ("classified", "wanted"),
    [
        ("2026-11-02T11:00", "Mon 2026-11-02 15:00"),  # four hours from classification come first
        ("2026-11-03T07:00", "Tue 2026-11-03 09:00"),  # 24 hours from awareness come first
        ("2026-11-03T09:00", "Tue 2026-11-03 09:00"),  # classified in the very last moment of the 24 hours
        ("2026-11-03T10:00", "Tue 2026-11-03 14:00"),  # classified after the 24 hours: four hours from then
    ],
)
def test_dora_is_due_at_the_earlier_of_two(classified, wanted):
    dora = of("dora_19", "DE", "Europe/Berlin")
    assert due(dora, "initial", "Europe/Berlin", aware="2026-11-02T09:00", classified=classified) == wanted


def test_dora_with_one_anchor_counts_from_that_one():
    dora = of("dora_19", "DE", "Europe/Berlin")
    assert due(dora, "initial", "Europe/Berlin", aware="2026-11-02T09:00") == "Tue 2026-11-03 09:00"
    assert due(dora, "initial", "Europe/Berlin", classified="2026-11-02T09:00") == "Mon 2026-11-02 13:00"


# Article 5(4): a weekend day or a bank holiday: noon of the next working day. Article 5(5): not for the initial and
# intermediate reports of credit institutions and others; their final report may wait.
def test_dora_on_a_weekend():
    dora, bank = (of("dora_19", "DE", "Europe/Berlin", traits) for traits in ((), ("no_weekend_relief",)))
    said = {"aware": "2026-11-13T18:00", "classified": "2026-11-14T10:00"}
    assert due(dora, "initial", "Europe/Berlin", **said) == "Mon 2026-11-16 12:00"
    assert due(bank, "initial", "Europe/Berlin", **said) == "Sat 2026-11-14 14:00"
    assert due(dora, "final", "Europe/Berlin", submitted_intermediate="2026-10-14T10:00") == "Mon 2026-11-16 12:00"
    assert due(bank, "final", "Europe/Berlin", submitted_intermediate="2026-10-14T10:00") == "Mon 2026-11-16 12:00"


def test_dora_on_bank_holidays():  # 25 and 26 December 2026 are a Friday and a Saturday
    dora = of("dora_19", "DE", "Europe/Berlin")
    assert due(dora, "intermediate", "Europe/Berlin", submitted_initial="2026-12-22T09:00") == "Mon 2026-12-28 12:00"
    assert due(dora, "intermediate", "Europe/Berlin", submitted_initial="2026-12-21T09:00") == "Thu 2026-12-24 09:00"


# Directive (EU) 2022/2555, Article 23(4); months as in Regulation (EEC, Euratom) 1182/71, Article 3(2)(c).
def test_nis2_early_warning_and_notification():
    nis2 = of("nis2_23", tz="Europe/Dublin")
    assert due(nis2, "early_warning", "Europe/Dublin", aware="2026-11-02T09:00") == "Tue 2026-11-03 09:00"
    assert due(nis2, "notification", "Europe/Dublin", aware="2026-11-02T09:00") == "Thu 2026-11-05 09:00"


@pytest.mark.parametrize(
    ("submitted", "wanted"),
    [
        ("2027-01-31T16:00", "Sun 2027-02-28 23:59"),
        ("2028-01-31T16:00", "Tue 2028-02-29 23:59"),
        ("2027-01-30T16:00", "Sun 2027-02-28 23:59"),
        ("2027-02-28T16:00", "Sun 2027-03-28 23:59"),
        ("2026-12-31T16:00", "Sun 2027-01-31 23:59"),
    ],
)
def test_nis2_final_report_one_month_after_the_notification(submitted, wanted):
    nis2 = of("nis2_23", tz="Europe/Dublin")
    assert due(nis2, "final", "Europe/Dublin", submitted_notification=submitted) == wanted


# Visa, "What To Do If Compromised": the acquirer at once, the report in three business days, the accounts in ten.
def test_visa_over_christmas():
    visa = of("visa_compromise", "GB-ENG", "Europe/London")
    assert due(visa, "acquirer", "Europe/London", suspected="2026-12-24T10:00") == "Thu 2026-12-24 10:00"
    assert due(visa, "report", "Europe/London", suspected="2026-12-24T10:00") == "Thu 2026-12-31 23:59"
    assert due(visa, "accounts", "Europe/London", suspected="2026-12-24T10:00") == "Tue 2027-01-12 23:59"


@pytest.mark.parametrize(
    ("regime", "stage", "tz", "anchor", "moment", "wanted"),
    [
        # CERT-In directions of 28 April 2022, (ii): within 6 hours of noticing
        ("cert_in", "report", "Asia/Kolkata", "noticed", "2026-11-02T20:30", "Tue 2026-11-03 02:30"),
        # 12 CFR 53.3: 36 hours after the bank determines; over the night when clocks go back in New York
        ("us_bank", "notification", "America/New_York", "determined", "2026-10-31T20:00", "Mon 2026-11-02 07:00"),
        # 23 NYCRR 500.17(a): 72 hours from the determination
        ("nydfs_500_17", "notification", "America/New_York", "determined", "2026-11-02T09:00", "Thu 2026-11-05 09:00"),
        # APRA CPS 234, 36: 10 business days; Australia Day is Monday 26 January 2026
        ("apra_cps_234_weakness", "notification", "Australia/Sydney", "aware", "2026-01-19T09:00", "Tue 2026-02-03 23:59"),
        # APRA CPS 234, 35, and CPS 230, 33 and 48
        ("apra_cps_234_incident", "notification", "Australia/Sydney", "aware", "2026-01-19T09:00", "Thu 2026-01-22 09:00"),
        ("apra_cps_230_incident", "notification", "Australia/Sydney", "aware", "2026-04-03T12:00", "Mon 2026-04-06 11:00"),
        ("apra_cps_230_tolerance", "notification", "Australia/Sydney", "disrupted", "2026-01-19T09:00", "Tue 2026-01-20 09:00"),
        # 45 CFR 164.404(b): 60 calendar days after discovery
        ("hipaa_breach", "notification", "America/New_York", "discovered", "2026-12-01T09:00", "Sat 2027-01-30 23:59"),
        # PDPA (Singapore), section 26D(1): 3 calendar days after the day of the assessment
        ("sg_pdpa", "notification", "Asia/Singapore", "assessed", "2026-11-20T09:00", "Mon 2026-11-23 23:59"),
        # Privacy Act 1988 (Australia), section 26WH(2): 30 days to assess
        ("au_ndb", "assessment", "Australia/Sydney", "suspected", "2026-11-02T09:00", "Wed 2026-12-02 23:59"),
        # NPC Circular 16-03, section 17: 72 hours, and the full report in five days
        ("ph_npc", "notification", "Asia/Manila", "aware", "2026-11-02T09:00", "Thu 2026-11-05 09:00"),
        ("ph_npc", "full_report", "Asia/Manila", "aware", "2026-11-02T09:00", "Sat 2026-11-07 23:59"),
        # 47 CFR 4.9: 120 minutes, 72 hours, 30 days from discovery
        ("fcc_part_4", "notification", "America/New_York", "discovered", "2026-11-02T23:00", "Tue 2026-11-03 01:00"),
        ("fcc_part_4", "final", "America/New_York", "discovered", "2026-11-02T23:00", "Wed 2026-12-02 23:59"),
        # 29 CFR 1904.39(a)(1), (2)
        ("osha_death", "report", "America/Chicago", "learned", "2026-11-02T20:00", "Tue 2026-11-03 04:00"),
        ("osha_injury", "report", "America/Chicago", "learned", "2026-11-02T20:00", "Tue 2026-11-03 20:00"),
        # RIDDOR 2013, regulations 4 to 6, schedule 1: ten days; fifteen for more than seven days off
        ("riddor_serious", "report", "Europe/London", "occurred", "2026-11-02T09:00", "Thu 2026-11-12 23:59"),
        ("riddor_over_seven_days", "report", "Europe/London", "occurred", "2026-11-02T09:00", "Tue 2026-11-17 23:59"),
        # FCA PS26 rules from 18 March 2027: 30 working days; Good Friday 26 and Easter Monday 29 March, May Day 3 May
        ("fca_pra_2027", "final", "Europe/London", "threshold", "2027-03-22T09:00", "Thu 2027-05-06 23:59"),
        ("osfi", "report", "America/Toronto", "determined", "2026-11-02T09:00", "Tue 2026-11-03 09:00"),
    ],
)  # fmt: skip
def test_the_others(regime, stage, tz, anchor, moment, wanted):
    assert due(of(regime, tz=tz), stage, tz, **{anchor: moment}) == wanted


@pytest.mark.parametrize(
    ("day", "calendar", "business"),
    [
        ("2026-11-20", "SA", False),  # a Friday
        ("2026-11-22", "SA", True),  # a Sunday
        ("2026-11-22", "", False),
        ("2026-11-22", "GB-ENG", False),
        ("2026-02-14", "CN", True),  # a Saturday that is worked for the days off of the Spring Festival
        ("2026-12-25", "GB-ENG", False),
    ],
)
def test_a_weekend_is_the_countrys_own(day, calendar, business):
    assert is_business_day(date.fromisoformat(day), calendar) is business


def test_no_anchor_no_clock():
    for regime in REGIMES.values():
        for stage in regime.stages:
            assert deadline(stage, {"something_else": at("2026-11-02T09:00", "UTC")}, wall(of(regime.id))) is None


def test_every_anchor_starts_the_clock_that_names_it():
    moment = at("2026-11-02T09:00", "UTC")
    for regime in REGIMES.values():
        for stage in regime.stages:
            assert deadline(stage, {stage.after: moment}, wall(of(regime.id, "US"))) is not None


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SPANS = st.builds(Span, amount=st.integers(1, 90), unit=st.sampled_from([u for u in Unit if u is not Unit.AT_ONCE]))
WALLS = st.builds(
    Wall,
    tz=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    calendar=st.sampled_from(["", "US", "GB-ENG", "DE", "AU", "SG"]),
    day_ends=st.sampled_from(["23:59", "17:30", "00:00"]),
)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=40)), SPANS, WALLS)
def test_a_later_anchor_is_never_due_earlier(moment, later, length, on):
    assert add(moment, length, on) <= add(moment + later, length, on)


@given(MOMENTS, SPANS, WALLS)
def test_business_days_end_on_business_days_and_calendar_days_on_any(moment, length, on):
    ends = add(moment, length, on)
    if length.unit is Unit.BUSINESS_DAYS:
        assert is_business_day(on.day(ends), on.calendar)
        between = [on.day(moment) + timedelta(days=n) for n in range(1, (on.day(ends) - on.day(moment)).days + 1)]
        assert sum(is_business_day(day, on.calendar) for day in between) == length.amount
    if length.unit is Unit.CALENDAR_DAYS:
        assert on.day(ends) - on.day(moment) == timedelta(days=length.amount)


@given(MOMENTS, WALLS)
def test_what_the_weekend_puts_off_ends_at_noon_of_a_business_day(moment, on):
    put_off = rolled(moment, on)
    assert put_off >= moment
    assert is_business_day(on.day(put_off), on.calendar)
    assert put_off == moment or put_off.astimezone(ZoneInfo(on.tz)).hour == 12


@given(st.dates(date(2020, 1, 1), date(2032, 1, 1)), st.integers(1, 36))
def test_months_keep_the_day_or_take_the_last(day, count):
    then = add_months(day, count)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == count
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["72", "72 h", "0 hours", "soon", "1 fortnight", "-3 hours", "three hours"])
def test_what_is_no_limit(text):
    with pytest.raises(ValueError, match="is no limit"):
        span(text)
