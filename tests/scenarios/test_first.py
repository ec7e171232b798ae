import time
async def test_first(world):
    t=time.perf_counter()
    (ines,) = world.cast("S001")
    card = await ines.types('/disaster declare facility_loss leeds sev1 "fire on floor 2"')
    print(card, time.perf_counter()-t); t=time.perf_counter()
    await ines.sees("INC-2026-0001 is declared")
    print(time.perf_counter()-t); t=time.perf_counter()
    await world.passes(minutes=16)
    print(time.perf_counter()-t); t=time.perf_counter()
    for s in await ines.everything(): print(s)
