"""What a file is by its content; its name only tells apart what looks alike inside."""

import io
import zipfile
from pathlib import PurePath
from typing import BinaryIO

import puremagic

from api.files.text_kinds import text_kind

UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"
ZIP = "application/zip"
_OLE = "application/x-ole-storage"

HEAD = 64 * 1024
"""Bytes at the beginning that are looked at."""

_PROGRAMS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"\0asm", "application/wasm"),
    (b"dex\n", "application/x-dex"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"#!/", "text/x-script"),
    (b"#! /", "text/x-script"),
)
"""Beginnings of what a machine would run."""

_INSTALLERS = frozenset({0x000C1082, 0x000C1084, 0x000C1086})
"""How the class of a Windows installer's root begins ([MS-CFB] holds databases, too)."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_IN_ZIPS: tuple[tuple[str, str], ...] = (
    ("META-INF/MANIFEST.MF", "application/java-archive"),
    ("AndroidManifest.xml", "application/vnd.android.package-archive"),
    ("AppxManifest.xml", "application/appx"),
    ("word/document.xml", f"{_OFFICE}.wordprocessingml.document"),
    ("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet"),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    ("ppt/presentation.xml", f"{_OFFICE}.presentationml.presentation"),
    ("visio/document.xml", "application/vnd.visio"),
)
"""Files that say what a ZIP archive really is, the first one that is there."""

_MACROS = {
    f"{_OFFICE}.wordprocessingml.document": "application/vnd.ms-word.document.macroenabled.12",
    f"{_OFFICE}.spreadsheetml.sheet": "application/vnd.ms-excel.sheet.macroenabled.12",
    f"{_OFFICE}.presentationml.presentation": (
        "application/vnd.ms-powerpoint.presentation.macroenabled.12"
    ),
}
_MIMETYPES = ("application/vnd.oasis.opendocument.", "application/epub+zip", "application/hwp+zip")
_OLD_OFFICE = {
    ".doc": "application/msword",
    ".dot": "application/msword",
    ".hwp": "application/x-hwp",
    ".mpp": "application/vnd.ms-project",
    ".msg": "application/vnd.ms-outlook",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pps": "application/vnd.ms-powerpoint",
    ".pub": "application/vnd.ms-publisher",
    ".vsd": "application/vnd.visio",
    ".xls": "application/vnd.ms-excel",
}
_SAME = {
    "application/x-gzip": "application/gzip",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "image/x-ms-bmp": "image/bmp",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
}
_LEAST_CONFIDENCE = 0.3
"""Of puremagic: below that, two bytes that happen to be there make a type."""


def recognise(content: BinaryIO, name: str) -> str:
    """The media type of a file's content. `name` is how its sender calls it."""
    content.seek(0)
    head = content.read(HEAD)
    for beginning, media_type in _PROGRAMS:
        if head.startswith(beginning) and not _is_false_alarm(head, beginning):
            return media_type
    if b"%PDF-" in head[:1_024]:  # readers look for it that far
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(content)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _in_ole(content, name)
    return text_kind(head, name) or _by_magic(head, name)


def usual(media_type: str) -> str:
    """A media type as it is called here, without parameters, in lower case."""
    plain = media_type.partition(";")[0].strip().lower()
    return _SAME.get(plain, plain)


def _is_false_alarm(head: bytes, beginning: bytes) -> bool:
    """Two letters are no program yet: what follows has to be binary."""
    return beginning == b"MZ" and b"\0" not in head[:64]


def _by_magic(head: bytes, name: str) -> str:
    try:
        found = puremagic.magic_stream(io.BytesIO(head), name)
    except puremagic.PureError:
        return UNKNOWN
    known = [one for one in found if one.mime_type and one.confidence >= _LEAST_CONFIDENCE]
    return usual(known[0].mime_type) if known else UNKNOWN


def _in_zip(content: BinaryIO) -> str:
    """What an archive is by the names in it; nothing of it is unpacked but a short `mimetype`."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:  # noqa: PLR2004 - a media type is shorter
                declared = archive.read("mimetype").decode("ascii", "replace").strip()
                if declared.startswith(_MIMETYPES):
                    return declared
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return ZIP
    found = next((media_type for inside, media_type in _IN_ZIPS if inside in names), ZIP)
    if any(PurePath(one).name == "vbaProject.bin" for one in names):
        return _MACROS.get(found, found)
    return found


_SECTOR_SHIFTS = (9, 12)
"""The only ones that the format allows ([MS-CFB] 2.2)."""


def _in_ole(content: BinaryIO, name: str) -> str:
    """Documents of older office programs, messages of Outlook, and installers."""
    content.seek(0)
    header = content.read(512)
    shift = int.from_bytes(header[0x1E:0x20], "little")
    if shift not in _SECTOR_SHIFTS:
        return _OLE  # a damaged header leads nowhere
    sector = 1 << shift
    root = (int.from_bytes(header[0x30:0x34], "little") + 1) * sector
    content.seek(root + 0x50)
    if int.from_bytes(content.read(4), "little") in _INSTALLERS:
        return "application/x-msi"
    return _OLD_OFFICE.get(PurePath(name).suffix.lower(), _OLE)
