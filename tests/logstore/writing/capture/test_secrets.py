"""What is masked in command lines and addresses, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.writing.capture.secrets import mask_command, mask_patch, mask_text


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
        (["--pass", "abc"], ["--pass", "***"]),
        (["--header", "Authorization: Bearer abc.def"], ["--header", "Authorization: Bearer ***"]),
        (["-H", "authorization: basic dXNlcjpwdw=="], ["-H", "authorization: basic ***"]),
        (["--config", '{"api_key": "abc", "lr": 1}'], ["--config", '{"api_key": "***", "lr": 1}']),
        (["--config", "{'hf_token':'abc','n':2}"], ["--config", "{'hf_token':'***','n':2}"]),
        (["sh", "-c", "HF_TOKEN=abc python t.py"], ["sh", "-c", "HF_TOKEN=***"]),
        (["sh", "-c", "cd x; HF_TOKEN=abc python t.py"], ["sh", "-c", "cd x; HF_TOKEN=*** python t.py"]),
        (["-c", "import os; os.environ['HF_TOKEN']='abc'"], ["-c", "import os; os.environ['HF_TOKEN']='***'"]),
        (["s3://b/x?token=abc&lr=1"], ["s3://b/x?token=***&lr=1"]),
        (["https://h/x?se=1&sig=abc%3D"], ["https://h/x?se=1&sig=***"]),
        (["https://h/x?X-Amz-Signature=abc"], ["https://h/x?X-Amz-Signature=***"]),
        (["https://u:p@ss@h/x"], ["https://***@h/x"]),
        (["a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n"], ["a\n-----BEGIN RSA PRIVATE KEY----- ***"]),
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
        ["-c", "print(sorted(x, key=len), tokens=5)"],
        ["--config", '{"tokenizer": "gpt2", "max_tokens": 5, "key": "val/loss"}'],
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


def test_a_patch_loses_tokens_and_keys_and_nothing_else() -> None:
    patch = b"""+remote = "https://me:pw@host/x"
+token = os.environ["HF_TOKEN"]
+hf = "hf_abcdefghijklmnopqrstuvwxyz"
+-----BEGIN PRIVATE KEY-----
+MII
+-----END PRIVATE KEY-----
+\xff\xfe lr = 3
"""
    assert (
        mask_patch(patch)
        == b"""+remote = "https://***@host/x"
+token = os.environ["HF_TOKEN"]
+hf = "***"
+-----BEGIN PRIVATE KEY----- ***
+\xff\xfe lr = 3
"""
    )


@given(st.binary(max_size=200))
def test_any_patch_can_be_masked_and_masking_twice_is_masking_once(patch: bytes) -> None:
    assert mask_patch(mask_patch(patch)) == mask_patch(patch)


@given(st.text(max_size=100))
def test_any_text_can_be_masked(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)
