"""Unpacks the members of a wheel that match a pattern, with their modes: unpack.py WHEEL FOLDER PATTERN."""

import os
import re
import sys
import zipfile

wheel, folder, pattern = sys.argv[1:]
with zipfile.ZipFile(wheel) as members:
    for member in members.infolist():
        if re.fullmatch(pattern, member.filename):
            os.chmod(members.extract(member, folder), (member.external_attr >> 16) & 0o777 | 0o644)
