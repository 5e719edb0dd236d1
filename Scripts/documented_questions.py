"""The questions in SQL that the documentation asks of an archive, by the comment that each begins with."""

import pathlib
import re

PROJECT = pathlib.Path(__file__).resolve().parents[1]


def questions(document: str, heading: str) -> dict[str, str]:
    """The blocks of SQL below a heading."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    section = re.split(r"(?m)^## ", text.split(f"## {heading}\n", 1)[1])[0]
    return {
        title.strip(): sql.strip().rstrip(";")
        for title, sql in re.findall(r"```sql\n-- ([^\n]*)\n(.*?)```", section, re.DOTALL)
    }


def portable() -> dict[str, str]:
    """Those that mean the same in SQLite on the archive, and in other engines on Parquet."""
    return questions("Documentation/engines.md", "Questions")


def documented() -> dict[str, str]:
    """All that are asked of an archive."""
    return questions("Documentation/questions.md", "Five questions") | portable()
