"""The categories in words, for whoever must choose one under stress, and the words that people use for them."""

from collections.abc import Mapping

from bot.domain.runbook import Category

HELP: dict[Category, str] = {
    Category.FACILITY_LOSS: "the building is damaged: fire, flood, collapse",
    Category.ACCESS_DENIED: "the building stands, but people can't get there: cordon, riot, no trains",
    Category.UTILITY_LOSS: "no power, water or air at a site",
    Category.REGIONAL_DISASTER: "storm, flood or earthquake across the area, homes too",
    Category.LIFE_SAFETY_EVENT: "an accident, violence, a threat; worked in a small circle",
    Category.WORKFORCE_LOSS: "illness, isolation, strike, shortage",
    Category.DEMAND_SURGE: "a recall, a bill, a rumour: everybody calls at once",
    Category.COMPONENT_FAILURE: "one part failed; its stand-by carries or should carry",
    Category.APPLICATION_FAILURE: "an application that agents need is down",
    Category.NETWORK_FAILURE: "voice or data lines are dead",
    Category.DATA_LOSS: "data is lost or wrong",
    Category.SECURITY_BREACH: "somebody got in: ransomware, a leak; worked in a small circle",
    Category.VENDOR_FAILURE: "theirs is the disaster, ours are the contacts",
}

# Everyday words; one that stands at several categories means any of them, and people are asked which.
SPOKEN: Mapping[Category, tuple[str, ...]] = {
    Category.FACILITY_LOSS: (
        "fire", "flood", "building", "smoke", "explosion", "collapse", "gas leak", "burst pipe", "water damage",
        "roof", "facility", "evacuation",
    ),
    Category.ACCESS_DENIED: (
        "access", "no access", "cordon", "riot", "protest", "demonstration", "curfew", "transport", "train strike",
        "snow", "bomb threat", "disorder", "road closed", "roads closed", "locked out",
    ),
    Category.UTILITY_LOSS: (
        "power", "power cut", "power failure", "power outage", "blackout", "electricity", "generator", "ups", "water",
        "no water", "heating", "air conditioning", "hvac", "heat", "outage", "utility",
    ),
    Category.REGIONAL_DISASTER: (
        "storm", "hurricane", "earthquake", "tornado", "wildfire", "typhoon", "tsunami", "cyclone", "flooding",
        "natural disaster", "region", "area", "snow", "heatwave",
    ),
    Category.LIFE_SAFETY_EVENT: (
        "accident", "injury", "injured", "death", "shooter", "shooting", "attacker", "knife", "violence", "threat",
        "bomb threat", "hostage", "heart attack", "casualty", "assault",
    ),
    Category.WORKFORCE_LOSS: (
        "pandemic", "strike", "epidemic", "flu", "covid", "sickness", "absence", "absences", "quarantine", "illness",
        "walkout", "staff shortage", "shortage", "industrial action",
    ),
    Category.DEMAND_SURGE: (
        "surge", "recall", "call volume", "volume", "spike", "peak", "queues full", "recession", "demand", "overload",
    ),
    Category.COMPONENT_FAILURE: (
        "component", "server", "hardware", "disk", "switch", "router", "failover", "redundancy", "cooling", "part",
    ),
    Category.APPLICATION_FAILURE: (
        "application", "app", "crm", "acd", "ivr", "telephony", "software", "system", "system down", "desktop",
        "wfm", "outage", "login", "sign on", "cloud",
    ),
    Category.NETWORK_FAILURE: (
        "network", "internet", "wan", "lan", "lines", "lines down", "phones", "phones down", "sip", "carrier",
        "fibre", "cable cut", "broadband", "no dial tone", "outage",
    ),
    Category.DATA_LOSS: (
        "data", "data loss", "database", "corruption", "corrupted", "backup", "deleted", "wrong data", "restore",
    ),
    Category.SECURITY_BREACH: (
        "ransomware", "hack", "hacked", "hacker", "malware", "virus", "phishing", "breach", "data breach", "leak",
        "data leak", "cyber attack", "cyberattack", "cyber", "ddos", "intruder", "stolen data", "security",
    ),
    Category.VENDOR_FAILURE: (
        "vendor", "supplier", "outsourcer", "bpo", "partner", "third party", "insolvency", "provider", "outage",
    ),
}  # fmt: skip


def _meanings() -> dict[str, tuple[Category, ...]]:
    found: dict[str, tuple[Category, ...]] = {}
    for category, said in SPOKEN.items():
        for word in (category.value, category.value.replace("_", " "), *said):
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), category)))
    return found


MEANINGS: Mapping[str, tuple[Category, ...]] = _meanings()
