"""The made-up contact centre's places: its sites, queues and systems, and the outside world it must tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from random import Random

Rows = list[dict[str, str]]
DESK = "https://desktop.example.org"
HELP = "if sign-on fails call +44 113 496 0150"
AGENT_SITES = {"leeds": 40, "manchester": 32, "york": 17, "home": 11}


@dataclass(frozen=True)
class Line:
    """A queue of the sample: share of the teams at each site, and how much of full must stay live (percent)."""

    id: str
    name: str
    tier: int
    rto_min: int
    mtpd_min: int
    mbco_percent: int
    skill: str
    teams: Mapping[str, int]
    language: str = "en"
    cards: bool = False
    residency: str = ""
    channels: str = "voice"
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A site of the sample; its seats follow from how many agents there are."""

    id: str
    name: str
    kind: str
    city: str
    address: str
    log_in: str
    ready_min: int = 0
    area: str = ""
    seat_cost: int = 0
    vpn: str = ""


_ANY_DESK = f"{DESK}, any free desk; {HELP}"
PLACES = (
    Place("leeds", "Leeds", "site", "Leeds", "Wellington Mill, 4 Canal Wharf, Leeds", _ANY_DESK,
          area="Aire valley"),
    Place("manchester", "Manchester", "site", "Manchester", "Kingfisher House, 21 Dale Row, Manchester", _ANY_DESK,
          area="Irwell"),
    Place("york", "York", "site", "York", "The Old Carriage Works, 9 Rail Lane, York", _ANY_DESK, area="Ouse valley"),
    Place("bradford", "Bradford recovery site", "recovery", "Bradford", "Unit 3, Tong Park, Bradford",
          f"guest desks: {DESK}, badge from reception; {HELP}", 120, area="Aire valley", seat_cost=45),
    Place("kestrel", "Kestrel Atendimento", "outsourcer", "Lisbon", "Rua das Andorinhas 18, Lisboa",
          "Kestrel's own desks and accounts", 240, area="Lisbon", seat_cost=95),
    Place("home", "Home", "home", "", "", f"{DESK}/remote with your token; {HELP}", 15, vpn="vpn"),
)  # fmt: skip


def _teams(leeds: int, manchester: int, york: int, home: int) -> dict[str, int]:
    return {"leeds": leeds, "manchester": manchester, "york": york, "home": home}


LINES = (
    Line("emergency", "Emergency line", 1, 30, 120, 70, "emergency", _teams(12, 3, 4, 2),
         related=("faults", "priority")),
    Line("priority", "Priority services", 1, 60, 240, 65, "priority", _teams(8, 5, 6, 8),
         related=("billing", "faults")),
    Line("payments", "Card payments", 1, 60, 480, 60, "payments", _teams(14, 8, 0, 0),
         cards=True, residency="GB", related=("billing", "sales")),
    Line("faults", "Faults", 1, 60, 360, 60, "faults", _teams(14, 12, 8, 8),
         channels="voice;chat", related=("emergency", "claims")),
    Line("billing", "Billing", 2, 240, 1440, 45, "billing", _teams(12, 16, 14, 20),
         channels="voice;chat", related=("payments", "claims", "complaints")),
    Line("claims", "Claims", 2, 240, 1440, 40, "claims", _teams(10, 14, 10, 10),
         residency="GB", related=("billing", "complaints")),
    Line("complaints", "Complaints", 2, 480, 2880, 30, "complaints", _teams(6, 6, 10, 10),
         related=("billing", "claims")),
    Line("german", "German desk", 2, 240, 1440, 40, "service", _teams(5, 6, 6, 6),
         language="de", related=("correspondence", "billing")),
    Line("french", "French desk", 2, 240, 1440, 40, "service", _teams(3, 8, 6, 6),
         language="fr", related=("correspondence", "billing")),
    Line("polish", "Polish desk", 3, 480, 2880, 25, "service", _teams(4, 2, 6, 3),
         language="pl", related=("correspondence", "billing")),
    Line("sales", "Sales", 3, 1440, 4320, 20, "sales", _teams(8, 14, 18, 0),
         cards=True, channels="voice;chat", related=("billing", "payments")),
    Line("email", "E-mail and letters", 3, 1440, 7200, 15, "correspondence", _teams(4, 6, 12, 27),
         channels="email", related=("billing", "complaints")),
)  # fmt: skip


def share_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return total shared out by weight in whole numbers, the largest remainders rounded up."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    shares = {key: int(value) for key, value in exact.items()}
    by_rest = sorted(weights, key=lambda key: (shares[key] - exact[key], -weights[key]))
    for key in by_rest[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def queues(agents: Mapping[str, int], on: date, random: Random) -> Rows:
    """Return queues.csv: seats follow from how many agents each queue has; on is the day the sample is of."""
    return [_queue(line, agents.get(line.id, 0), on - timedelta(days=random.randint(5, 130))) for line in LINES]


def _queue(line: Line, agents: int, reviewed: date) -> dict[str, str]:
    full = ceil(agents * 0.92)
    return {
        "id": line.id,
        "name": line.name,
        "tier": str(line.tier),
        "rto_min": str(line.rto_min),
        "mtpd_min": str(line.mtpd_min),
        "mbco": str(ceil(full * line.mbco_percent / 100)),
        "full_seats": str(full),
        "channels": line.channels,
        "languages": line.language,
        "skill": line.skill,
        "payment_cards": "yes" if line.cards else "no",
        "residency": line.residency,
        "script_url": f"https://scripts.example.org/{line.id}",
        "script_version": f"{reviewed:%Y}.{reviewed.month}",
        "script_reviewed_on": reviewed.isoformat(),
        "skill_level": "2" if line.tier == 1 else "1",
    }


_CARD_QUEUES = {line.id for line in LINES if line.cards}


def sites(agents: Mapping[tuple[str, str], int]) -> Rows:
    """Return sites.csv: seats grow with the agents of each (site, queue), with a little to spare."""
    total = sum(agents.values())

    def at(site: str, *, cards: bool = False) -> int:
        return sum(n for (where, queue), n in agents.items() if where == site and (queue in _CARD_QUEUES or not cards))

    def own(site: str, spare: float) -> tuple[int, int]:
        return ceil(at(site) * spare) + 2, ceil(at(site, cards=True) * spare) + 2

    seats = {
        "leeds": own("leeds", 1.06),
        "manchester": own("manchester", 1.10),
        "york": own("york", 1.10),
        "bradford": (ceil(total * 0.07), ceil(total * 0.02)),
        "kestrel": (ceil(total * 0.05), 0),
        "home": (ceil(total * 0.32) + 2, 0),
    }
    return [_site(place, *seats[place.id]) for place in PLACES]


_LOCAL = {"leeds": "113", "manchester": "161", "bradford": "113", "york": "1632 960"}


def landline(site: str, number: int) -> str:
    """Return a phone number of Ofcom's range for fiction, with the site's dialling code where that has one."""
    area = _LOCAL.get(site, "113")
    return f"+44 {area}{number % 1000:03d}" if " " in area else f"+44 {area} 496 {number % 1000:04d}"


def _site(place: Place, seats: int, card_safe: int) -> dict[str, str]:
    abroad = place.kind == "outsourcer"
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "city": place.city,
        "address": place.address,
        "tz": "Europe/Lisbon" if abroad else "Europe/London",
        "seats": str(seats),
        "card_safe_seats": str(card_safe),
        "ready_min": str(place.ready_min),
        "residency": "PT" if abroad else "GB",
        "country": "PT" if abroad else "GB",
        "log_in": place.log_in,
        "phone": "+351 21 000 0000" if abroad else landline(place.id, 140 + len(place.id)),
        "area": place.area,
        "vpn": place.vpn,
        "licences": "",
        "ratio_max": "",
        "seat_cost": str(place.seat_cost),
    }


def systems(agents: int) -> Rows:
    """Return systems.csv; the gateway for work from home takes a little more than a third of all agents."""
    every = ";".join(line.id for line in LINES)
    voice = ";".join(line.id for line in LINES if "voice" in line.channels)
    cards = ";".join(line.id for line in LINES if line.cards)
    hot = "hot: second region of the same cloud"
    rows = (
        ("acd", "Contact routing", "acd", "vendor-corvid", every, hot, "yes", "", "", "", "2", *_TWIN),
        ("crm", "Customer records", "crm", "vendor-brightfile", every, "warm: a copy, one hour old", "no", "S008", "",
         "S009", "20", "no", "yes", "Frankfurt", "yes", "no"),
        ("ivr", "Menus and announcements", "ivr", "vendor-corvid", voice, hot, "yes", "", "", "", "2", *_TWIN),
        ("wfm", "Workforce management", "wfm", "vendor-tallow", every, "cold: last night's schedule", "no", "S007", "",
         "", "90", "no", "no", "", "no", "no"),
        ("desktop", "Agent desktop", "desktop", "vendor-oakline", every, "warm: virtual desktops", "no", "S009", "",
         "S008", "30", "yes", "yes", "Dublin", "no", "no"),
        ("carrier", "Telephone lines", "carrier", "vendor-halden", voice, "warm: second carrier", "no", "S009", "",
         "S008", "15", "yes", "yes", "Manchester", "yes", "no"),
        ("cardpay", "Card payments by keypad", "payment", "vendor-pinmark", cards, "cold: link by text", "no",
         "S009", "", "", "", "no", "", "", "no", "no"),
        ("vpn", "Remote gateway", "vpn", "vendor-oakline", "", hot, "yes", "", str(ceil(agents * 0.36) + 2), "", "5",
         *_TWIN),
    )  # fmt: skip
    names = (
        "id", "name", "kind", "vendor", "queues", "standby", "starts_by_itself", "starter", "max_users",
        "starter_deputy", "start_min", "redundant", "redundancy_needed", "second_location", "carries_all",
        "shares_load",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


_TWIN = ("yes", "yes", "Frankfurt", "yes", "yes")  # redundant, in full, in two locations that share the load

_LEADERS = (
    ("Chief executive", ""), ("Chief operating officer", ""), ("Chief financial officer", ""),
    ("Chief information officer", ""), ("Chief information security officer", ""), ("Customer director", ""),
    ("People director", ""), ("General counsel", ""), ("Head of contact centres", ""),
    ("Risk and continuity director", ""), ("Client services director", ""),
    ("Leeds site director", "leeds"), ("Manchester site director", "manchester"), ("York site director", "york"),
)  # fmt: skip
_OUTSIDE = (
    ("reg-data", "Breach desk", "regulator", "Data protection authority", "", "yes"),
    ("reg-conduct", "Supervision desk", "regulator", "Financial conduct regulator", "", "yes"),
    ("reg-safety", "Incident contact centre", "regulator", "Workplace safety regulator", "", "yes"),
    ("fire-leeds", "Fire control room, Leeds", "first_responders", "Fire and rescue", "leeds", "no"),
    ("police-leeds", "Police control room, Leeds", "first_responders", "Police", "leeds", "no"),
    ("fire-manchester", "Fire control room, Manchester", "first_responders", "Fire and rescue", "manchester", "no"),
    ("police-manchester", "Police control room, Manchester", "first_responders", "Police", "manchester", "no"),
    ("fire-york", "Fire control room, York", "first_responders", "Fire and rescue", "york", "no"),
    ("police-york", "Police control room, York", "first_responders", "Police", "york", "no"),
    ("channel-ivr", "Phone announcement", "customers", "Customers who call", "", "no"),
    ("channel-web", "Web site banner", "customers", "Customers on the web site and in the app", "", "no"),
    ("channel-social", "Social media account", "customers", "Customers on social media", "", "no"),
    ("vendor-corvid", "Corvid service desk", "vendors", "Corvid Routing", "", "yes"),
    ("vendor-brightfile", "Brightfile support", "vendors", "Brightfile CRM", "", "yes"),
    ("vendor-tallow", "Tallow support", "vendors", "Tallow Workforce", "", "yes"),
    ("vendor-oakline", "Oakline operations", "vendors", "Oakline Desktops", "", "yes"),
    ("vendor-halden", "Halden network operations", "vendors", "Halden Telecom", "", "yes"),
    ("vendor-pinmark", "Pinmark merchant support", "vendors", "Pinmark Payments", "", "yes"),
    ("vendor-fallow", "Fallow invocation line", "vendors", "Fallow Recovery Sites", "bradford", "yes"),
    ("out-kestrel", "Kestrel duty manager", "outsourcers", "Kestrel Atendimento", "kestrel", "yes"),
    ("out-kestrel-plan", "Kestrel planning desk", "outsourcers", "Kestrel Atendimento", "kestrel", "no"),
    ("landlord-leeds", "Canal Wharf building manager", "landlord", "Canal Wharf Estates", "leeds", "yes"),
    ("landlord-manchester", "Dale Row building manager", "landlord", "Dale Row Property", "manchester", "yes"),
    ("landlord-york", "Rail Lane building manager", "landlord", "Rail Lane Trust", "york", "yes"),
)  # fmt: skip


def stakeholders(organisation: str, names: list[tuple[str, str]]) -> Rows:
    """Return stakeholders.csv: names are (name, e-mail) of the leaders."""
    columns = ("id", "name", "audience", "organisation", "email", "phone", "site", "tz", "must_answer")
    rows = []
    for n, ((title, site), (name, email)) in enumerate(zip(_LEADERS, names, strict=True), start=1):
        body, phone = f"{title}, {organisation}", f"+44 7700 900{900 + n}"
        rows.append((f"E{n:03d}", name, "leaders", body, email, phone, site, "Europe/London", "yes"))
    for n, (id_, name, audience, body, site, answer) in enumerate(_OUTSIDE):
        abroad = site == "kestrel"
        zone = "Europe/Lisbon" if abroad else "Europe/London"
        phone = "+351 21 000 0001" if abroad else landline(site, 700 + n)
        rows.append((id_, name, audience, body, f"{id_}@example.com", phone, site, zone, answer))
    return [{**dict(zip(columns, row, strict=True)), "aad_id": ""} for row in rows]


LEADERS = len(_LEADERS)
