"""The categories in words, for whoever must choose one under stress."""

from bot.domain.runbook import Category

HELP: dict[Category, str] = {
    Category.FACILITY_LOSS: "the building is damaged: fire, flood, collapse",
    Category.ACCESS_DENIED: "the building stands, but people can't get to it",
    Category.UTILITY_LOSS: "no power, water or air at a site",
    Category.REGIONAL_DISASTER: "storm, flood or earthquake across the area, homes too",
    Category.LIFE_SAFETY_EVENT: "somebody is hurt or threatened",
    Category.WORKFORCE_LOSS: "too few people: illness, strike, shortage",
    Category.DEMAND_SURGE: "far more contacts than people",
    Category.COMPONENT_FAILURE: "one part failed; its stand-by carries or should carry",
    Category.APPLICATION_FAILURE: "an application that agents need is down",
    Category.NETWORK_FAILURE: "voice or data lines are dead",
    Category.DATA_LOSS: "data is lost or wrong",
    Category.SECURITY_BREACH: "somebody got in: ransomware, a leak",
    Category.VENDOR_FAILURE: "a supplier or outsourcer is down",
}
