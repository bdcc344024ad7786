"""What a broken connection costs: 200 deltas at 10 ms, the socket cut after 60 of them, and back 0.4 seconds later."""

import asyncio

from benchmarks.figures import Round
from benchmarks.peers.follower import Follower, follow
from benchmarks.peers.loads import Sizes, ended, start, stored_all, watching
from benchmarks.peers.peer import Peer, prompt

DELTAS, DELAY_MS, DROPPED_AFTER = 200, 10, 60
AWAY_SECONDS = 0.4
LATE_AFTER_SECONDS = 1.0

_SECONDS = DELTAS * DELAY_MS / 1000


async def reconnect(peer: Peer, _: Sizes) -> Round:
    """A viewer that is cut off and comes back with its cursor; what it has missed, and what it has got twice."""
    thread, run = await peer.thread(), ""
    if not peer.early:
        run, _began = await start(peer, thread, prompt(DELTAS, DELAY_MS))
    first = Follower(peer.watch(thread, run), DELTAS, DROPPED_AFTER)
    await follow(peer.port, [first])
    if peer.early:
        await first.ready.wait()
        await asyncio.sleep(0.1)
        run, _began = await start(peer, thread, prompt(DELTAS, DELAY_MS))
    await asyncio.wait_for(first.closed.wait(), 20)
    await asyncio.sleep(AWAY_SECONDS)
    cursor = first.cursor(peer.cursor) if peer.cursor else b""
    second = Follower(peer.resume(thread, run, cursor), DELTAS if not cursor else DELTAS - len(first.stamps))
    await follow(peer.port, [second])
    await ended([second], _SECONDS - 16)
    await asyncio.sleep(0.2)
    second.close()
    seen = [*first.stamps, *second.stamps]
    return {"missing": DELTAS - len(set(seen)), "repeated": len(seen) - len(set(seen))}


async def late_tab(peer: Peer, _: Sizes) -> Round:
    """A viewer that comes a second after the answer has begun: how much of it it gets."""
    thread = await peer.thread()
    watchers = await watching(peer, thread, "", 1, DELTAS) if peer.early else []
    run, _began = await start(peer, thread, prompt(DELTAS, DELAY_MS))
    if watchers:
        await asyncio.wait_for(watchers[0].first.wait(), 20)
    await asyncio.sleep(LATE_AFTER_SECONDS)
    tab = Follower(peer.late(thread, run), DELTAS)
    await follow(peer.port, [tab])
    await ended([tab], _SECONDS - 16)
    for one in (tab, *watchers):
        one.close()
    return {"got": len(set(tab.stamps)), "of": DELTAS}


async def poster_drops(peer: Peer, _: Sizes) -> Round:
    """The connection of the one who asked is cut: how much of the answer is stored in the end."""
    thread, asked = await peer.thread(), prompt(DELTAS, DELAY_MS)
    line = peer.ask(thread, asked)
    poster = Follower(line or peer.watch(thread, ""), DELTAS, DROPPED_AFTER)
    await follow(peer.port, [poster])
    if line is None:
        await poster.ready.wait()
        await start(peer, thread, asked)
    await asyncio.wait_for(poster.closed.wait(), 20)
    return {"kept": len(await stored_all(peer, thread, DELTAS)), "of": DELTAS}
