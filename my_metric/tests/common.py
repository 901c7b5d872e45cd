from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHIPPED_CONFIGURATION = ROOT / "datadog_checks" / "my_metric" / "data" / "conf.yaml.example"
TAGS = ["sensor:lab", "floor:3"]


def shipped_instance() -> dict:
    """The one instance of the configuration that ships, as the Agent reads it."""
    (instance,) = yaml.safe_load(SHIPPED_CONFIGURATION.read_text(encoding="utf-8"))["instances"]
    return instance
