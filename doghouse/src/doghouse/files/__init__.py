"""Reads the files that a user names, each within a budget: bounded memory whatever the file is, and a sentence for whatever is wrong with it."""

from doghouse.files.reading import (
    LARGEST,
    LARGEST_SETTINGS,
    BrokenFileError,
    FileError,
    NotJsonError,
    check_file,
    check_lines,
    contents,
    decoded_json,
    json_of,
    not_json,
    readable,
    refuse_folder,
    standard_input,
    text,
)

__all__ = [
    "LARGEST", "LARGEST_SETTINGS", "BrokenFileError", "FileError", "NotJsonError", "check_file", "check_lines",
    "contents", "decoded_json", "json_of", "not_json", "readable", "refuse_folder", "standard_input", "text",
]  # fmt: skip
