"""Every operation of the docs is sent to a real server, with ids of things that are there, and is answered well."""

import pytest
from tests.docs.blocks import Block, of
from tests.docs.world import Reader, World


@pytest.mark.parametrize("block", of("graphql"), ids=lambda block: block.place)
async def test_an_operation_does_what_it_says(block: Block, world: World) -> None:
    await Reader(world, await world.thread()).run(block.text)
