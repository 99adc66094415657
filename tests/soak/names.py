"""A step of the real boot: configurations that `validate` accepts, each started by systemd."""

from pathlib import Path

from tests.config.starts import configurations
from tests.soak.container import STATE, UNIT, Container
from tests.soak.life import CONFIG_FILE

COUNT, SEED = 20, 7


def generated_configurations(box: Container) -> str:
    """Start each; it reports READY and is not started again, whatever its settings and folders are."""
    drawn = configurations(SEED, Path(STATE))
    for _, (text, _) in zip(range(COUNT), drawn, strict=False):
        box.write(CONFIG_FILE, text)
        box.run("systemctl", "reset-failed", UNIT, check=False)
        box.run("systemctl", "restart", UNIT)
        found = (box.show("ActiveState"), box.show("NRestarts"))
        assert found == ("active", "0"), f"{found}, with\n{text}"
    return f"{COUNT} drawn, {COUNT} READY, none restarted"
