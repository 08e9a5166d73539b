"""Puts the packs, which stand beside the code, inside the package when a copy is built for installation."""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPacks(build_py):
    """``liren.host.paths.packs`` looks for them there when there is no checkout."""

    def run(self) -> None:
        super().run()
        packs = Path(__file__).parent / "packs"
        if packs.is_dir() and not self.editable_mode:
            copytree(packs, Path(self.build_lib) / "liren" / "packs", dirs_exist_ok=True)


setup(cmdclass={"build_py": WithPacks})
