"""Variants of training pairs that make the model robust to what people select. Pure functions over text and a seeded `random.Random`."""

import re

SHARED_SPAN = re.compile(
    r"`[^`]+`|https?://\S+[\w/]|\{\w*\}|%[sdf]\b|\$\w+|(?<![\w.])--?[a-z][\w-]+|\b[\w-]+(?:[._/\\][\w-]+)+\b(?:\(\))?|\b[a-z]+[A-Z]\w*\b|\b[A-Z][a-z]+[A-Z]\w*\b"
)
NAME_WORD = re.compile(r"\b[A-Za-z]{2,14}\b")
SYLLABLES = (
    "get set on is load read write parse token user file node index list map item key value data path name text line page view state event "
    "handler client server cache buffer stream model config option error result query row count size max min start end temp base core api "
    "url http json xml sql id uid ctx app lib util test run build push pull init close open sync async lock hash byte char type ref"
).split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"
HOSTS = ("example.com", "docs.example.org", "api.example.net", "localhost:8080", "code.example.io")
EXTENSIONS = ("js", "ts", "py", "json", "md", "txt", "yaml", "cs", "cpp", "html", "log", "toml")
MARKERS = ("// ", "# ", "/// ", "-- ", "* ", "; ", "- ", "> ", "1. ", "## ", "/* ", "<!-- ")
CLOSINGS = {"/* ": " */", "<!-- ": " -->"}


def random_word(rng, words):
    """A word of the kind that identifiers are made of; now and then letters that spell nothing, or one of the words of the text
    itself, which the model must then translate outside of the name and copy inside."""
    kind = rng.random()
    if kind < 0.2:
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 8)))
    return rng.choice(words) if words and kind < 0.65 else rng.choice(SYLLABLES)


def random_name(rng, words):
    """An identifier in one of the usual spellings."""
    words = [random_word(rng, words) for _ in range(rng.choice((1, 1, 2, 2, 2, 3, 3, 4, 5)))]
    style = rng.randrange(7)
    if style == 0:
        return "_".join(words)
    if style == 1:
        return words[0] + "".join(word.capitalize() for word in words[1:])
    if style == 2:
        return "".join(word.capitalize() for word in words)
    if style == 3:
        return "_".join(words).upper()
    if style == 4:
        return ".".join(word.capitalize() for word in words)
    if style == 5:
        return "".join(words) + str(rng.randint(0, 99))
    return "-".join(words)


def random_code(rng, words):
    """The inside of a code span."""
    name, other = random_name(rng, words), random_name(rng, words)
    number = rng.randint(0, 9999)
    forms = (name, name, name, f"{name}()", f"{name}({other})", f"{name}({other}, {number})", f"{name} = {number}")
    forms += (
        f"<{name}>",
        f"--{name}",
        f"{name}[]",
        f"{name}::{other}",
        f"{name}<{other}>",
        f"/{name}:{other}",
        f"{name}: '{other}'",
    )
    return rng.choice(forms)


def random_span(rng, words):
    """Something that must come through a translation untouched."""
    kind = rng.randrange(12)
    name = random_name(rng, words)
    if kind < 4:
        return f"`{random_code(rng, words)}`"
    if kind < 7:
        return name + rng.choice(("", "()", ""))
    if kind == 7:
        ending = rng.choice(
            ("", "/", f"?{random_word(rng, words)}={rng.randint(1, 999)}", f"#{random_word(rng, words)}")
        )
        return f"https://{rng.choice(HOSTS)}/{name}{ending}"
    if kind == 8:
        digit = rng.randint(0, 5)
        forms = (
            f"{{{digit}}}",
            f"'{{{digit}}}'",
            f"{{{name}}}",
            "%s",
            "%d",
            f"${digit}",
            f"${{{name}}}",
            f"%({name})s",
            "{}",
        )
        return rng.choice(forms)
    if kind == 9:
        return rng.choice(("/", "./", "~/", "src/", "")) + f"{name}/{random_name(rng, words)}.{rng.choice(EXTENSIONS)}"
    if kind == 10:
        return rng.choice(
            (
                f"{rng.randint(0, 30)}.{rng.randint(0, 30)}.{rng.randint(0, 99)}",
                str(rng.randint(10, 10**7)),
                f"0x{rng.randrange(2**16):X}",
            )
        )
    return rng.choice(
        (
            f"--{name}",
            f"-{rng.choice(LETTERS)}",
            f"@{name}",
            f"#{rng.randint(1, 9999)}",
            f"<{name}>",
            f"{name}.{rng.choice(EXTENSIONS)}",
        )
    )


def swap_shared_span(source, target, rng):
    """Spans that stand once on both sides become other spans; without any, one is put at an end."""
    shared = [s for s in SHARED_SPAN.findall(source) if source.count(s) == 1 and target.count(s) == 1]
    words = [word.lower() for word in NAME_WORD.findall(f"{source} {target}")]
    if shared:
        for old in shared:
            span = random_span(rng, words)
            if source.count(old) == target.count(old) == 1:
                source, target = source.replace(old, span), target.replace(old, span)
        return source, target
    span = random_span(rng, words)
    if rng.random() < 0.5:
        return f"{span}: {source}", f"{span}: {target}"
    if source[-1] == target[-1] and source[-1] in ".!?:":
        return f"{source[:-1]} ({span}){source[-1]}", f"{target[:-1]} ({span}){target[-1]}"
    return f"{source} ({span})", f"{target} ({span})"


def lower_start(source, target, rng):
    """Lower-case first letters, or no final stop, or both."""
    kind = rng.randrange(3)
    if kind != 1 and source[1:2].islower() and target[1:2].islower():
        source, target = source[0].lower() + source[1:], target[0].lower() + target[1:]
    if kind != 0 and source[-1] == target[-1] == ".":
        source, target = source[:-1], target[:-1]
    return source, target


def break_lines(source, target, rng):
    """The source is wrapped as in a comment or a commit; the target is one line."""
    words = source.split(" ")
    separators = ["\n" if rng.random() < 0.12 else " " for _ in words[1:]]
    indent = rng.choice(("", "", "", " ", "  ", "    ", "\t"))
    joined = words[0] + "".join((s + indent if s == "\n" else s) + word for s, word in zip(separators, words[1:]))
    return joined, target


def mark_comment(source, target, rng):
    """A comment or list marker in front of both sides, with its closing."""
    marker = rng.choice(MARKERS)
    closing = CLOSINGS.get(marker, "")
    return marker + source + closing, marker + target + closing


def copy_target(_source, target, _rng):
    """A text already in the target language is copied."""
    return target, target


def copy_span(source, target, rng):
    """Text that is nothing but code is copied."""
    words = [word.lower() for word in NAME_WORD.findall(f"{source} {target}")]
    text = " ".join(random_span(rng, words) for _ in range(rng.randint(1, 3)))
    return text, text


def shout(source, target, _rng):
    """Headlines and constants in capitals."""
    return (source.upper(), target.upper()) if len(source) < 60 and "`" not in source else (source, target)


VARIANTS = (
    (swap_shared_span, 60),
    (lower_start, 22),
    (break_lines, 10),
    (mark_comment, 10),
    (copy_target, 7),
    (copy_span, 3),
    (shout, 2),
)


def augmented(source, target, rng):
    """One variant of the pair, drawn at the shares of VARIANTS."""
    variant = rng.choices([function for function, _ in VARIANTS], [share for _, share in VARIANTS])[0]
    return variant(source, target, rng)
