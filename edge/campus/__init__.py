"""The campus: what the devices of many rooms publish, collected into one store; each result once.

    source (MQTT or AMQP) -> message (its form) -> store (SQLite or PostgreSQL, in columns) -> views

A message is acknowledged to the broker when its transaction is durable. What a broker lost is seen as a gap
in the numbers of a run and asked for again, as long as the device keeps it.
"""
