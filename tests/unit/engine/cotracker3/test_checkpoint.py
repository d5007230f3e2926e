"""Weights to a file and back, and what is said of files that hold none."""

import pytest
import torch

from talpose_app.engine.cotracker3.checkpoint import load_network, save_network
from talpose_app.engine.cotracker3.config import OFFLINE, ONLINE
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import safetensors_metadata, verify_checkpoint

pytestmark = pytest.mark.engine


@pytest.fixture
def saved(tiny, tmp_path):
    path = tmp_path / "tiny.safetensors"
    save_network(tiny, path, {"steps": "12"})
    return path


def test_own_file_round_trip(tiny, saved):
    verify_checkpoint(saved)
    loaded = load_network(saved)
    assert loaded.config == tiny.config
    assert not loaded.training
    for name, value in tiny.state_dict().items():
        expected = value if name == "time_emb" else value.half().float()
        assert torch.equal(loaded.state_dict()[name], expected), name
    assert not any(p.requires_grad for p in loaded.parameters())
    assert safetensors_metadata(saved)["steps"] == "12"


def test_saving_leaves_no_other_file(saved):
    assert [path.name for path in saved.parent.iterdir()] == ["tiny.safetensors"]


@pytest.mark.parametrize("config", [OFFLINE, ONLINE])
@pytest.mark.parametrize("is_nested", [False, True])
def test_official_file_is_told_by_its_time_embedding(tmp_path, config, is_nested):
    state = CoTracker3(config).state_dict()
    path = tmp_path / "official.pth"
    torch.save({"model": state} if is_nested else state, path)
    verify_checkpoint(path)
    network = load_network(path)
    assert network.config == config
    assert torch.equal(network.state_dict()["corr_mlp.fc1.weight"], state["corr_mlp.fc1.weight"])


def test_weights_of_another_network_are_named(tmp_path):
    state = CoTracker3(ONLINE).state_dict()
    state["corr_mlp.fc1.weight"] = torch.zeros(3, 3)
    torch.save(state, tmp_path / "sizes.pth")
    with pytest.raises(TrackerError, match=r"another size of corr_mlp\.fc1\.weight"):
        load_network(tmp_path / "sizes.pth")
    for name in [name for name in state if name.startswith("fnet.")]:
        del state[name]
    torch.save(state, tmp_path / "names.pth")
    with pytest.raises(TrackerError, match=r"lacks fnet\..* and \d+ more"):
        load_network(tmp_path / "names.pth")


@pytest.mark.parametrize("content", [{"a": 1}, [1, 2], {"model": 3}, {"weight": torch.zeros(2)}])
def test_other_torch_files_are_refused(tmp_path, content):
    path = tmp_path / "other.pth"
    torch.save(content, path)
    with pytest.raises(TrackerError, match=r"other\.pth"):
        load_network(path)


class Surprise:
    """Would run code on loading, were the file unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("code of the file was run",))


def test_code_in_a_file_is_not_run(tmp_path):
    path = tmp_path / "evil.pth"
    torch.save({"model": Surprise()}, path)
    with pytest.raises(TrackerError, match="not a checkpoint"):
        load_network(path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("data", [b"", b"not weights at all", bytes(200)])
def test_rubbish_is_refused(tmp_path, suffix, data):
    path = tmp_path / f"rubbish{suffix}"
    path.write_bytes(data)
    with pytest.raises(TrackerError, match="rubbish"):
        load_network(path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_missing_file_is_named(tmp_path, suffix):
    with pytest.raises(TrackerError, match="absent"):
        load_network(tmp_path / f"absent{suffix}")


def test_truncated_and_altered_files_are_refused(saved):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TrackerError, match="bytes of weights"):
        load_network(saved)
    saved.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    with pytest.raises(TrackerError, match="check sum"):
        load_network(saved)
