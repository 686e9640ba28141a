"""What is typed to find a title, and which titles it may mean."""

import re
import unicodedata
from collections import defaultdict


def plain(name):
    """Letters and digits without case and accents: what tells two names apart."""
    text = unicodedata.normalize("NFKD", name).lower()
    return "".join(c for c in text if c.isalnum())


def words(name):
    text = re.sub(r"['’`]", "", "".join(c for c in unicodedata.normalize("NFKD", name).lower() if not unicodedata.combining(c)))
    return re.findall(r"[^\W_]+", text)


class Meant:
    """Which titles are right answers."""

    def __init__(self, titles):
        self.names = [plain(title["name"]) for title in titles]
        self.words = [words(title["name"]) for title in titles]
        self.count = defaultdict(int)
        for name in self.words:
            for word in set(name):
                self.count[word] += 1
        self.begun = defaultdict(int)
        for name in self.words:
            for start in {word[:4] for word in name if len(word) >= 4}:
                self.begun[start] += 1
        self.prefixed = defaultdict(int)
        for name in self.names:
            self.prefixed[name[:4]] += 1

    def same(self, place, answers):
        """The title, or one of the same name, is there."""
        return any(self.names[answer] == self.names[place] for answer in answers)


def sets(titles, every):
    """By kind: a list of the text that is typed, the place of the title that is meant, and a function that judges answers."""
    meant = Meant(titles)
    made = {"whole": [], "typo": [], "prefix_4": [], "rarest_4": []}
    for place in range(0, len(titles), every):
        name = titles[place]["name"]
        same = lambda answers, place=place: meant.same(place, answers)
        made["whole"].append((name, same))
        text = typo(place, name)
        if text:
            made["typo"].append((text, same))
        start = meant.names[place][:4]
        if len(start) == 4:
            made["prefix_4"].append((start, any_of(same, meant.prefixed[start], lambda answer, start=start: meant.names[answer].startswith(start))))
        long = [word for word in meant.words[place] if len(word) >= 4]
        if long:
            start = min(long, key=lambda word: (meant.count[word], -len(word)))[:4]
            begins = lambda answer, start=start: any(word.startswith(start) for word in meant.words[answer])
            made["rarest_4"].append((start, any_of(same, meant.begun[start], begins)))
    return made


def any_of(same, count, fits):
    """Where more than three titles fit what was typed, nobody can know which is meant: any three of them are right."""
    return lambda answers: same(answers) or (count > 3 and len(answers) == 3 and all(fits(answer) for answer in answers))


def typo(at, name):
    """A wrong letter, one too few, one too many, or two swapped, as the title's place picks; none where it has no room."""
    places = [place for place, c in enumerate(name) if c.isalnum()]
    pick = at * 31 % max(len(places), 4)
    if pick >= len(places):
        return None
    place, letter = places[pick], chr(ord("a") + at * 17 % 26)
    if at % 4 == 0:
        return name[:place] + letter + name[place + 1 :]
    if at % 4 == 1:
        return name[:place] + name[place + 1 :]
    if at % 4 == 2:
        return name[:place] + letter + name[place:]
    if place + 1 >= len(name):
        return None
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
