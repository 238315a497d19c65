"""What the worker does, how often in seconds, and after how many a task that nobody took is dropped."""

from typing import Any

TIMETABLE: dict[str, dict[str, Any]] = {
    "bring-senders-in-step": {
        "task": "optins.tasks.sync_senders",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "process-waiting-deliveries": {
        "task": "channels_capture.tasks.process_waiting",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "record-approved-imports": {
        "task": "optins.imports.tasks.record_approved",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "seal-ledgers": {
        "task": "optins.tasks.seal_ledgers",
        "schedule": 1.0,
        "options": {"expires": 1},
    },
    # An event that took longer to commit than the sealer looks back.
    "sweep-ledgers": {"task": "optins.tasks.sweep_ledgers", "schedule": 3600.0},
    "export-heads": {
        "task": "optins.tasks.export_heads",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "recompute-desired-state": {"task": "optins.tasks.recompute_desired", "schedule": 300.0},
    "finish-erasures": {
        "task": "optins.tasks.finish_erasures",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "remove-what-is-no-longer-needed": {"task": "optins.tasks.remove_outdated", "schedule": 3600.0},
}
