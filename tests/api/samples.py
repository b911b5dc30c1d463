"""Small files of many kinds, as their programs begin them."""

import io
import zipfile


def zipped(*names: str, mimetype: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def ole(root_class: int = 0) -> bytes:
    """A compound file ([MS-CFB]): a header, and a directory whose root has a class."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[0x1E:0x20] = (9).to_bytes(2, "little")
    root = bytearray(512)
    root[0x50:0x54] = root_class.to_bytes(4, "little")
    return bytes(header + root)


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
EXE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + b"\0" * 200 + b"PE\0\0"
SVG = b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"
HTML = b"\n<!DOCTYPE html><html><body onload=x()>"
KOREAN = "프린터가 안 됩니다.".encode("cp949")

_OFFICE = "application/vnd.openxmlformats-officedocument"
KNOWN: list[tuple[str, bytes, str]] = [
    ("a.png", PNG, "image/png"),
    ("a.jpg", JPEG, "image/jpeg"),
    ("a.gif", b"GIF89a\1\0\1\0\x80\0\0" + b"\0" * 20, "image/gif"),
    ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 30, "image/webp"),
    ("a.avif", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", "image/avif"),
    ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heif"),
    ("a.tiff", b"II*\0\x08\0\0\0", "image/tiff"),
    ("a.pdf", PDF, "application/pdf"),
    ("late.pdf", b"junk\n" + PDF, "application/pdf"),
    ("a.zip", zipped("a.txt"), "application/zip"),
    ("broken.zip", zipped("a.txt")[:40], "application/zip"),
    ("a.docx", zipped("word/document.xml"), f"{_OFFICE}.wordprocessingml.document"),
    ("a.xlsx", zipped("xl/workbook.xml"), f"{_OFFICE}.spreadsheetml.sheet"),
    ("a.pptx", zipped("ppt/presentation.xml"), f"{_OFFICE}.presentationml.presentation"),
    (
        "a.xlsm",
        zipped("xl/workbook.xml", "xl/vbaProject.bin"),
        "application/vnd.ms-excel.sheet.macroenabled.12",
    ),
    (
        "a.odt",
        zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    ("a.hwpx", zipped(mimetype="application/hwp+zip"), "application/hwp+zip"),
    ("a.xls", ole(), "application/vnd.ms-excel"),
    ("a.hwp", ole(), "application/x-hwp"),
    ("a.msg", ole(), "application/vnd.ms-outlook"),
    ("a", ole(), "application/x-ole-storage"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 30, "application/x-7z-compressed"),
    ("a.gz", b"\x1f\x8b\x08\0" + b"\0" * 20, "application/gzip"),
    ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/mp4"),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt \0\0\0\0", "audio/wav"),
    ("a.rtf", b"{\\rtf1\\ansi hello}", "application/rtf"),
    ("a.txt", b"plain text", "text/plain"),
    ("bom.txt", "\ufeff안녕".encode(), "text/plain"),
    ("wide.txt", "안녕".encode("utf-16"), "text/plain"),
    ("korean.txt", KOREAN, "text/plain"),
    ("mz.txt", b"MZ is how a letter may begin.\n", "text/plain"),
    ("a.log", b"\x1b[31merror\x1b[0m\tat 12:00\r\n", "text/plain"),
    ("a.csv", b"a,b\n1,2\n", "text/csv"),
    ("a.json", b'{"a": 1}', "application/json"),
    ("a.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar"),
    ("a.eml", b"From: a@b.c\r\nSubject: x\r\n\r\nhi", "message/rfc822"),
    ("a.xml", b"<?xml version='1.0'?><a/>", "application/xml"),
    ("a.html", HTML, "text/html"),
    ("comment.txt", b"<!-- x --><script>", "text/html"),
    ("a.xhtml", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "text/html"),
    ("a.svg", SVG, "image/svg+xml"),
    ("bare.svg", b"<svg onload=alert(1)>", "image/svg+xml"),
    ("wide.svg", SVG.decode().encode("utf-16"), "image/svg+xml"),
    ("prefixed.svg", b"<?xml version='1.0'?><x:svg xmlns:x='http://www.w3.org/2000/svg'/>",
     "image/svg+xml"),
    ("letter.txt", b"<john@example.com> wrote:", "text/plain"),
    ("noise", bytes(range(100, 256)) * 3 + b"\0\1\2", "application/octet-stream"),
]  # fmt: skip
"""A name, the content, and what it is."""

PROGRAMS: list[tuple[str, bytes]] = [
    ("setup.exe", EXE),
    ("holiday.png", EXE),
    ("tool", b"\x7fELF\2\1\1" + b"\0" * 60),
    ("tool", b"\xcf\xfa\xed\xfe" + b"\0" * 60),
    ("tool", b"\xca\xfe\xba\xbe\0\0\0\x34"),
    ("module", b"\0asm\1\0\0\0"),
    ("x.txt", b"#!/bin/sh\nrm -rf ~\n"),
    ("x", b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0" + b"\0" * 60),
    ("x.zip", zipped("META-INF/MANIFEST.MF", "A.class")),
    ("x.zip", zipped("AndroidManifest.xml", "classes.dex")),
    ("x.doc", ole(0x000C1084)),
    ("invoice.pdf.js", b"alert(1)"),
    ("INVOICE.BAT", b"del *"),
    ("run.ps1", b"Get-Process"),
    ("x.lnk", b"text"),
    ("x.hta", b"<html>"),
]
