"""hatchling's hook: puts the gateway's C part into the wheel, or leaves the wheel pure Python."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from extension import SOURCE, SUFFIX, compile_extension


class ExtensionHook(BuildHookInterface[Any]):
    """Compiles for the Python and the platform that build; the wheel's tag says which."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, if that can be done here (`BuildHookInterface`)."""
        if version == "editable":
            return
        name = SOURCE.with_suffix(SUFFIX).name
        compiled = Path(self.directory) / name
        compiled.parent.mkdir(parents=True, exist_ok=True)
        try:
            compile_extension(compiled)
        except RuntimeError as error:
            self.app.display_warning(f"The gateway's C part is left out: {error}")
            return
        build_data["force_include"][str(compiled)] = f"{SOURCE.parent.name}/{name}"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's shape
        """Remove what was compiled (`BuildHookInterface`)."""
        (Path(self.directory) / SOURCE.with_suffix(SUFFIX).name).unlink(missing_ok=True)
