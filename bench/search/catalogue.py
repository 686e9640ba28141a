"""The titles that search is measured with: a table of real ones where there is one, else made-up ones."""

import csv
import os
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# REEL_CATALOGUE names another table of the same columns.
TABLE = ROOT.parent / "shared/data/catalogue/netflix_titles.csv"
MADE_UP = 8_807
SYLLABLES = "ba be bo da de do fa fi ga go ha he in is ka ki la le li lo ma me mi mo na ne no or pa pe ra re ri ro sa se si so ta te ti to un va ve vi wa we za".split()


def titles():
    """What they are called, and the titles."""
    table = Path(os.environ.get("REEL_CATALOGUE", TABLE))
    if table.is_file():
        return "real", list(read(table))
    return "made-up", list(made_up())


def read(table):
    names = lambda field: [name.strip() for name in field.split(",") if name.strip()]
    with open(table, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "name": row["title"].strip(),
                "cast": names(row["cast"]),
                "directors": names(row["director"]),
                "genres": names(row["listed_in"]),
                "description": row["description"],
                "year": int(row["release_year"]) if row["release_year"].isdigit() else None,
            }


def made_up():
    """As many as the real ones; words are as unevenly common as real ones are (Zipf)."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.choice([1, 2, 2, 3, 3, 4]))) for _ in range(9_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    text = lambda count: " ".join(chance.choices(words, weights, k=count)).capitalize()
    genres = [text(1) for _ in range(40)]
    for _ in range(MADE_UP):
        yield {
            "name": text(chance.choice([1, 2, 2, 3, 3, 4, 5])).title(),
            "cast": [text(2).title() for _ in range(chance.randrange(10))],
            "directors": [text(2).title()],
            "genres": chance.sample(genres, 2),
            "description": text(24),
            "year": chance.randrange(1960, 2026),
        }
