"""Which files may come in: nothing that a machine would run, and nothing under false colours."""

import mimetypes
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from api.files.recognise import PROGRAM, UNKNOWN, usual
from api.problems import Problem
from domain.record import record

_PROGRAMS = frozenset(
    {PROGRAM, "application/appx", "application/java-archive", "application/java-vm",
     "application/vnd.android.package-archive", "application/vnd.microsoft.portable-executable",
     "application/wasm", "application/x-dex", "application/x-mach-binary",
     "application/x-ms-shortcut", "application/x-msi", "text/x-script"}
)  # fmt: skip
_ENDINGS = frozenset(
    {".ade", ".adp", ".apk", ".app", ".appx", ".appxbundle", ".bat", ".chm", ".cmd", ".com", ".cpl",
     ".deb", ".desktop", ".diagcab", ".diagcfg", ".diagpkg", ".dll", ".dmg", ".ex", ".ex_", ".exe",
     ".hta", ".ins", ".isp", ".jar", ".jnlp", ".js", ".jse", ".lib", ".lnk", ".mde", ".mjs", ".msc",
     ".msi", ".msix", ".msixbundle", ".msp", ".mst", ".nsh", ".pif", ".pkg", ".ps1", ".psm1",
     ".reg", ".rpm", ".scr", ".sct", ".sh", ".shb", ".sys", ".url", ".vb", ".vbe", ".vbs", ".vhd",
     ".vxd", ".wsc", ".wsf", ".wsh", ".xll"}
)  # fmt: skip
"""Endings by which a machine decides to run a file: those that Gmail refuses, and Unix's own."""


@record
class FileRules:
    """What a desk takes besides: media types such as `video/*`, or endings such as `.xlsm`.

    With `only`, nothing else is taken.
    """

    only: Sequence[str] = ()
    never: Sequence[str] = ()

    @classmethod
    def of(cls, only: str, never: str) -> "FileRules":
        """From lists with commas."""
        return cls(only=_split(only), never=_split(never))

    def check(self, media_type: str, name: str, claimed: str) -> None:
        """Raise Problem (file-refused, file-mismatch) for what may not come in.

        `media_type` is what the content is, `claimed` what its sender says it is.
        """
        ending = PurePath(name).suffix.lower()
        if media_type in _PROGRAMS or ending in _ENDINGS:
            raise _refused("Programs and scripts are not taken.", media_type, name)
        if any(_fits(one, media_type, ending) for one in self.never):
            raise _refused("This desk does not take this kind of file.", media_type, name)
        if self.only and not any(_fits(one, media_type, ending) for one in self.only):
            taken = ", ".join(self.only)
            raise _refused(f"This desk takes nothing but {taken}.", media_type, name)
        for said in (usual(claimed), mimetypes.guess_type(name, strict=False)[0] or ""):
            if _pretends(said, media_type):
                raise Problem(
                    "file-mismatch",
                    f"It is called {said}, and its content is {media_type}.",
                    media_type=media_type,
                    claimed=said,
                )


def _pretends(said: str, media_type: str) -> bool:
    """Whether something would be taken for an image or a document that it is not.

    Of other kinds the content's own type simply counts: browsers guess what a file is by its
    ending, and an ending is easily wrong. What cannot be recognised pretends nothing: it is kept as
    such, and never shown.
    """
    if media_type == UNKNOWN:
        return False
    if said.startswith("image/") and said != "image/svg+xml":
        return not media_type.startswith("image/") or media_type == "image/svg+xml"
    return said == "application/pdf" != media_type


def _split(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",") if part.strip()]


def _fits(pattern: str, media_type: str, ending: str) -> bool:
    wanted = pattern.lower()
    return ending == wanted if wanted.startswith(".") else fnmatchcase(media_type, wanted)


def _refused(detail: str, media_type: str, name: str) -> Problem:
    return Problem("file-refused", detail, media_type=media_type, name=name)
