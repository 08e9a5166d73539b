"""What a copy built for installation needs besides: the packs, which stand beside the code, and the compiled kernels of
the life circle. Where there is no compiler, it does without those."""

from pathlib import Path
from shutil import copytree

from setuptools import Extension, setup
from setuptools.command.build_py import build_py


class WithPacks(build_py):
    """``liren.host.paths.packs`` looks for them there when there is no checkout."""

    def run(self) -> None:
        super().run()
        packs = Path(__file__).parent / "packs"
        if packs.is_dir() and not self.editable_mode:
            copytree(packs, Path(self.build_lib) / "liren" / "packs", dirs_exist_ok=True)


# No Python in it: loaded with ctypes, so one build serves every version.
KERNELS = Extension(
    "liren.development.lifecircle.engine.native._kernels",
    sources=["liren/development/lifecircle/engine/native/kernels.c"],
    depends=["liren/development/lifecircle/engine/native/wide.h", "liren/development/lifecircle/engine/native/lanes.h"],
    extra_compile_args=["-O3", "-std=gnu11"],
    py_limited_api=True,
    optional=True,
)

setup(
    cmdclass={"build_py": WithPacks},
    ext_modules=[KERNELS],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
