"""The demo's broker under several processes: every message is read, whole and once."""

import subprocess
import sys

import pytest

from config.supervisor import ROOT

# Puts 400 messages on the queue, or takes what comes until nothing more has come for a second.
PROGRAM = """
import sys
from kombu import Connection

transport, folder, role = sys.argv[1:]
options = {"data_folder_in": folder, "data_folder_out": folder,
    "control_folder": folder,
    "polling_interval": 0.001}
with Connection("filesystem://", transport=transport, transport_options=options) as connection:
    queue = connection.SimpleQueue("work")
    if role == "puts":
        for number in range(400):
            queue.put({"number": number})
    while role == "takes":
        try:
            message = queue.get(timeout=1)
        except queue.Empty:
            break
        message.ack()
        print(message.payload["number"])
"""


@pytest.mark.once
def test_two_that_read_while_two_write_get_every_message_whole_and_once(tmp_path):
    words = [sys.executable, "-c", PROGRAM, "config.folder_broker:Transport", str(tmp_path)]
    programs = [
        subprocess.Popen([*words, role], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for role in ("puts", "takes", "puts", "takes")
    ]
    read = "".join(program.communicate(timeout=60)[0] for program in programs).split()
    assert [program.returncode for program in programs] == [0, 0, 0, 0]
    assert sorted(map(int, read)) == sorted([*range(400)] * 2)
