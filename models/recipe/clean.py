"""Which lines are fit to train on. Pure functions over text: knows nothing of files, vocabularies or models."""

import re
import unicodedata

CODE_SPAN = re.compile(r"`[^`]*`")
GLUED_SPAN = re.compile(r"^(?:[^`]*`[^`]*`)*?[^`]*`[^`]*`\w")
WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
RESIDUE = re.compile(
    r"</?[a-z]{1,12}(?: [^>]*)?/?>|\]\(|\{\{|\}\}|&(?:nbsp|amp|lt|gt|quot|#\d+);|:::|\|\s*-{3}|\[![A-Z]+\]|\\u[0-9a-f]{4}"
    r"|:(?:ref|doc|class|func|meth|mod|term):|\*\*|^\s*[-=~#|]{3,}|\ufffd|Ã[\x80-\xbf©³±¡]"
)
SPACE_BEFORE_COMMA = re.compile(r" ([,.;])(?= |$)")

# Frequent words that tell one Latin-script language from the other four.
FUNCTION_WORDS = {
    "en": "the of and to is in that for it with this be are on you can not by from or when if which will has have an at as "
    "do did he she him his her i we they was were what had how my your",
    "es": "el los las una del que y en para con por se es como este esta puede cuando si son más su al lo también está no",
    "de": "der die das und ist nicht ein eine einen mit von für auf werden wird dem den des sie zu im kann oder wenn auch",
    "fr": "le les des une est et du dans pour que qui pas avec sur ce cette vous il au aux sont être par ou si plus peut",
    "pt": "o os do da dos das uma não em para com um você que é ao pode quando são esta este se mais também ou no na",
}
FUNCTION_WORDS = {language: set(words.split()) for language, words in FUNCTION_WORDS.items()}
SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}
KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
# Characters of English per character of the other language, lowest and highest that is believed.
LENGTH_RATIO = {"ja": (0.9, 4.5), "ko": (0.8, 4.0), "zh": (1.2, 6.5)}
DEFAULT_LENGTH_RATIO = (0.5, 1.9)


def normalised(text):
    """NFC, one space between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidied_machine_text(text):
    """Machine-made lines carry a space before commas where a code span was put back."""
    return SPACE_BEFORE_COMMA.sub(r"\1", text)


def is_in_language(text, language):
    """True when nothing says otherwise: a short line without function words counts as any language of its script."""
    prose = CODE_SPAN.sub(" ", text)
    letters = [c for c in prose if c.isalpha()]
    if not letters:
        return True
    if language in SCRIPTS:
        own = len(SCRIPTS[language].findall(prose))
        if language == "zh" and KANA_OR_HANGUL.search(prose):
            return False
        return own >= 0.2 * len(letters)
    if sum(ord(c) < 0x250 for c in letters) < 0.9 * len(letters):
        return False
    words = [word.lower() for word in WORD.findall(prose)]
    hits = {name: sum(word in known for word in words) for name, known in FUNCTION_WORDS.items()}
    best = max(hits.values())
    return best < 2 or hits[language] >= 0.6 * best


def numbers(text):
    return sorted(re.sub(r"[.,]", "", number) for number in NUMBER.findall(text) if len(number) > 1)


def overlap(english, other):
    """Share of the longer lower-case English words that stand unchanged in the other text, 0 to 1."""
    words = [
        w
        for w in re.findall(r"(?<![.:/-])\b\w+\b(?![.:/(-]\w)", CODE_SPAN.sub(" ", english))
        if len(w) > 3 and w.isalpha() and w.islower()
    ]
    if len(words) < 3:
        return 0.0
    kept = set(WORD.findall(other))
    return sum(word in kept for word in words) / len(words)


def pair_fault(english, other, language):
    """The first rule that a pair breaks, or None. Both texts are `normalised`."""
    if not english or not other:
        return "empty"
    if len(english) > 600 or len(other) > 600:
        return "too long"
    if english == other:
        return "copy"
    for text in (english, other):
        if sum(c.isalpha() or c.isspace() for c in CODE_SPAN.sub("x", text)) < 0.5 * len(CODE_SPAN.sub("x", text)):
            return "mostly not words"
        if RESIDUE.search(text):
            return "markup residue"
    if abs(len(english) - len(other)) > 25:
        low, high = LENGTH_RATIO.get(language, DEFAULT_LENGTH_RATIO)
        if not low <= len(english) / len(other) <= high:
            return "length ratio"
    if sorted(CODE_SPAN.findall(english)) != sorted(CODE_SPAN.findall(other)) or english.count("`") != other.count("`"):
        return "code spans differ"
    if GLUED_SPAN.search(other) and language not in ("ja", "ko", "zh"):
        return "code span glued to a word"
    if numbers(english) != numbers(other):
        return "numbers differ"
    if not is_in_language(english, "en") or not is_in_language(other, language):
        return "wrong language"
    if overlap(english, other) > 0.5:
        return "untranslated"
    return None


def summary_fault(text, summary):
    """The first rule that a text and its summary break, or None."""
    if len(text) < 60 or not 8 <= len(summary) <= 300:
        return "length"
    if len(summary) > 0.8 * len(text):
        return "not shorter"
    if RESIDUE.search(summary) or not is_in_language(text, "en"):
        return "residue or wrong language"
    content = {w.lower()[:5] for w in WORD.findall(summary) if len(w) > 3}
    found = {w.lower()[:5] for w in WORD.findall(text)}
    if content and len(content & found) < 0.3 * len(content):
        return "not supported by its text"
    return None
