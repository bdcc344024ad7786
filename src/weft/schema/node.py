"""What every entity with an id of its own shares."""

import strawberry


@strawberry.interface(description="An entity with a globally unique id, which `Query.node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque and globally unique. Its prefix names the type, for example `thr_` or `msg_`."
    )
