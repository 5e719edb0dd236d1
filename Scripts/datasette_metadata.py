#!/usr/bin/env python3
"""Prints the metadata with which Datasette serves an archive, as JSON.

It has the descriptions of schema.sql, and the questions of the documentation as queries. Use it so:
datasette epu.db --metadata metadata.json
"""

import argparse
import json
import pathlib
import re

import archive_schema
from documented_questions import documented

# Tables in which SQLite keeps an R-tree and the greatest ids.
HIDDEN = ["placement_index_node", "placement_index_parent", "placement_index_rowid", "sqlite_sequence"]


def metadata(database: str) -> dict:
    """Of a database that Datasette knows by this name."""
    tables: dict[str, dict] = {}
    for table in archive_schema.tables().values():
        columns = {column.name: column.comment for column in table.columns.values() if column.comment}
        tables[table.name] = {"description": table.description, "columns": columns}
    tables |= {name: {"hidden": True} for name in HIDDEN}
    queries = {re.sub(r"\W+", "-", title.lower()).strip("-"): {"title": title, "sql": sql} for title, sql in documented().items()}
    return {
        "title": "Archive of EPU sessions",
        "description": "Lengths are um unless the name says something else; times are UTC; NULL means: not recorded.",
        "databases": {database: {"tables": tables, "queries": queries}},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=pathlib.Path, help="the archive, whose name Datasette shows; it is not opened")
    print(json.dumps(metadata(parser.parse_args().archive.stem), indent=2))


if __name__ == "__main__":
    main()
