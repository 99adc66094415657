"""UDMI 1.5.7 as rules, written from its specification: which fields there are, and no others."""

TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
NAME = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
ENTRY = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "detail": {"type": "string"},
        "category": {"type": "string", "pattern": r"^[a-z]+(\.[a-z_]+)+$"},
        "timestamp": TIME,
        "level": {"type": "integer", "minimum": 100, "maximum": 800},
    },
    "required": ["message", "category", "timestamp", "level"],
    "additionalProperties": False,
}
HEAD = {"version": {"const": "1.5.7"}, "timestamp": TIME}


def _message(properties, required):
    return {
        "type": "object",
        "properties": HEAD | properties,
        "required": ["version", "timestamp", *required],
        "additionalProperties": False,
    }


def _object(properties, required=()):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
STATE = _message(
    {
        "system": _object(
            {
                "serial_no": TEXT,
                "last_config": TIME,
                "hardware": _object({"make": TEXT, "model": TEXT}, ["make", "model"]),
                "software": {"type": "object", "additionalProperties": TEXT},
                "operation": _object(
                    {
                        "operational": {"type": "boolean"},
                        "last_start": TIME,
                        "restart_count": {"type": "integer"},
                        "mode": {
                            "enum": ["initial", "active", "updating", "restart", "terminating", "shutdown"]
                        },
                    },
                    ["operational"],
                ),
                "status": ENTRY,
            },
            ["serial_no", "last_config", "hardware", "software", "operation"],
        ),
        "pointset": _object(
            {
                "state_etag": {"type": "string", "maxLength": 32},
                "points": {
                    "type": "object",
                    "propertyNames": {"pattern": NAME},
                    "additionalProperties": _object(
                        {
                            "value_state": {
                                "enum": ["applied", "updating", "overridden", "invalid", "failure"]
                            },
                            "status": ENTRY,
                        }
                    ),
                },
            },
            ["points"],
        ),
    },
    ["system"],
)
POINTSET = _message(
    {
        "partial_update": {"type": "boolean"},
        "points": {
            "type": "object",
            "propertyNames": {"pattern": NAME},
            "additionalProperties": _object({"present_value": {"not": {"type": "null"}}}, ["present_value"]),
        },
    },
    ["points"],
)
_MB = {"type": "number", "minimum": 0}
SYSTEM = _message(
    {
        "logentries": {"type": "array", "items": ENTRY},
        "metrics": _object(
            {
                "mem_total_mb": _MB,
                "mem_free_mb": _MB,
                "store_total_mb": _MB,
                "store_free_mb": _MB,
                "system_load": _MB,
            },
            ["mem_total_mb"],
        ),
    },
    [],
)
