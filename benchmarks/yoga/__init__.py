"""graphql-yoga with MongoDB's own driver on Node, for the list of 50 messages: installed when it is asked for."""
