"""What is masked in command lines and addresses, and what is not."""

from __future__ import annotations

import pytest

from logstore.writing.capture.secrets import mask_command, mask_text


@pytest.mark.parametrize(
    ("command", "masked"),
    [
        (["train.py", "--token", "abc"], ["train.py", "--token", "***"]),
        (["--hf-token", "abc", "--lr", "1"], ["--hf-token", "***", "--lr", "1"]),
        (["--api_key=abc"], ["--api_key=***"]),
        (["--wandb-api-key=a=b"], ["--wandb-api-key=***"]),
        (["WANDB_API_KEY=abc", "train"], ["WANDB_API_KEY=***", "train"]),
        (["+logger.api.password=abc"], ["+logger.api.password=***"]),
        (["--Password", "abc"], ["--Password", "***"]),
        (["-key", "abc"], ["-key", "***"]),
        (["--secret", "--verbose"], ["--secret", "--verbose"]),
        (["--token"], ["--token"]),
        (["--url", "https://me:pw@host/x"], ["--url", "https://***@host/x"]),
        (["hf_abcdefghijklmnopqrstuv"], ["***"]),
        (["note: sk-abcdefghijklmnopqrst"], ["note: ***"]),
    ],
)
def test_secrets_are_masked(command: list[str], masked: list[str]) -> None:
    assert mask_command(command) == masked


@pytest.mark.parametrize(
    "command",
    [
        ["--tokenizer", "gpt2"],
        ["--max-tokens", "512"],
        ["--num_keys=5"],
        ["monkey=3"],
        ["--key-dim", "64"],
        ["--keys", "a"],
        ["--secretary", "bob"],
        ["python", "-m", "train", "--lr=1e-3", "a:b@c"],
        ["https://host/path?q=1"],
    ],
)
def test_the_rest_stays(command: list[str]) -> None:
    assert mask_command(command) == command


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("https://ghp_abcdefghijklmnopqrstuvwxyz@github.com/a/b.git", "https://***@github.com/a/b.git"),
        ("https://user:pass@host:80/a", "https://***@host:80/a"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("ssh://git@host/a", "ssh://***@host/a"),
    ],
)
def test_addresses_lose_their_user(address: str, masked: str) -> None:
    assert mask_text(address) == masked
