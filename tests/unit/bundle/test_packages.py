"""What a plain install brings, and under which licences."""

from bundle.native import wheel_library_license
from bundle.packages import runtime_packages
from bundle.sbom import cut_down
from bundle.sizes import part_of, table


def test_run_time_packages_are_listed_without_the_tests():
    packages = {package.name.lower(): package for package in runtime_packages()}
    assert {"av", "torch", "numpy", "truststore", "starlette"} <= packages.keys()
    assert not {"pytest", "hypothesis", "ruff", "talpose"} & packages.keys()
    assert packages["av"].license == "BSD-3-Clause"
    assert all(package.license != "unknown" for package in packages.values())


def test_the_encoders_licences_are_known():
    assert wheel_library_license("libx264-d6533a8d.so.165") == "GPL-2.0-or-later"
    assert wheel_library_license("libavcodec-5e6b81c2.so.62").startswith("LGPL-3.0")
    assert wheel_library_license("libavif-43e630fc.so.16") == "BSD-2-Clause"
    assert wheel_library_license("libunheard.so.1") is None


def test_a_bill_is_cut_down_to_what_is_inside():
    bill = {
        "components": [{"name": "av", "bom-ref": "a"}, {"name": "pytest", "bom-ref": "p"}],
        "dependencies": [{"ref": "a", "dependsOn": ["p"]}, {"ref": "p"}],
    }
    cut = cut_down(bill, {"av"})
    assert [component["name"] for component in cut["components"]] == ["av"]
    assert cut["dependencies"] == [{"ref": "a", "dependsOn": []}]


def test_weights_are_told_by_part():
    assert part_of("_internal/torch/lib/libtorch_cpu.so") == "torch"
    assert part_of("_internal/PySide6/Qt/lib/libQt6WebEngineCore.so.6") == "Qt's page engine (Chromium)"
    assert part_of("talpose") == "the program and its compiled modules"
    assert "| **together** | **3** |" in table({"torch": 2_000_000, "Qt": 1_000_000})
