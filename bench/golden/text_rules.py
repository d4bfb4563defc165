"""Text as Python and Hugging Face's tokenizers treat it: ids, truncation, whole-word search, word counts, proportions."""

import json
import re
import string

from common import write_json

BOS = "<|endoftext|>"
STORIES = [
    "Nora walked into the wood and found a tall tree. The trees around it were old.",
    "Ivo has a blue kite. He runs with the kite, and the dog runs too.",
    "\"Where is the forest?\" asked Pia. \"Behind the hill,\" said the owl.",
    "A TREE-lined road, 12 carts and 3 horses: the market opens at 7.",
    "treetops are no tree_tops; a re-treed hill isn't a forest's edge",
    "",
    "tree",
    "l'\u00e9cole est ferm\u00e9e, na\u00efve caf\u00e9",
    "\u68ee\u306e\u4e2d\u306e\u6728 \U0001f332 and \U0001f333\U0001f333",
    "fore\u017ft \u212aite \u0130stanbul don\u2019t \u2026",
]
ROUNDTRIP = STORIES + [
    " ", "  ", "\n", "\n\n", "\t", "\r\n", " tree", "tree ", "  tree  ", "a b c", "x" * 60, "\u0000", "a\u0300", "\ufeff",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", BOS, "one" + BOS + "two", " " + BOS + " ", "0123456789", "it's we're I'm you'll",
]


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(train(), encoding="utf-8")
    expected = compute(folder, inputs(), tokenizer_of(folder))
    for name, content in expected.items():
        write_json(folder / name, content)


def check(folder, read_json):
    """Every file of the folder that this script knows, recomputed from its own inputs."""
    tokenizer = tokenizer_of(folder)
    stored = {name: read_json(folder / name) for name in inputs() if (folder / name).exists()}
    if tokenizer is None:
        print(f"{folder}: no tokenizer.json, so only what needs none is checked")
    right = True
    for name, content in compute(folder, stored, tokenizer).items():
        same = content == stored[name]
        print(f"{folder / name}: {'agrees' if same else 'DIFFERS'}")
        right = right and same
    return right


def train():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=[BOS], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(STORIES * 3, trainer)
    content = json.loads(tokenizer.to_str())
    # A reader has to switch this off: published files carry such settings.
    content["truncation"] = {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))


def tokenizer_of(folder):
    path = folder / "tokenizer.json"
    if not path.exists():
        return None
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def inputs():
    batches = [
        {"prepend_bos": bos, "padding_side": side, "truncate_at": cut, "texts": STORIES[:7]}
        for bos in (True, False) for side in ("left", "right") for cut in (3, 11, 200)
    ]
    words = [["tree", "trees", "forest"], ["tree"], ["tree-lined"], ["3", "7"], ["isn't"], ["forest's edge"]]
    counts = [
        (STORIES[0], ["tree"]), (STORIES[0], ["tree", "TREES", "tree"]), ("Don't, dont; DON'T", ["dont"]), ("", ["a"]),
        ("a\u00a0a\u2003a\ta", [" a "]), ("re-treed retreed", ["re-treed"]), ("?! --- .", [""]), (STORIES[9], ["istanbul", "don\u2019t"]),
    ]
    return {
        "tokenizer-roundtrip.json": {"cases": [{"text": text} for text in ROUNDTRIP]},
        "tokenize-batch.json": {"bos": BOS, "cases": batches},
        "truncation.json": {
            "stories": STORIES,
            "exact_tokens": [{"max_tokens": n} for n in (0, 1, 4, 9, 1000)],
            "characters": [{"max_characters": n} for n in (0, 1, 6, 33, 1000)],
            "approximate": [
                {"max_tokens": n, "sample": sample, "buffer": buffer} for n, sample, buffer in ((12, 4, 0), (30, 100, 4), (20, 5, -3))
            ],
        },
        "split-by-concept.json": {
            "stories": STORIES,
            "cases": [{"words": case} for case in words],
            "unicode": [
                {"words": ["\u00e9cole"], "texts": ["l'\u00c9COLE", "d\u00e9cole", "ecole", "\u00e9cole_"]},
                {"words": ["kite", "forest"], "texts": ["\u212aite", "fore\u017ft", "kite\u3002", "\u6728forest"]},
            ],
            "refused_words": [" tree", "tree ", "\t"],
        },
        "count-target-words.json": {"cases": [{"text": text, "words": list(words)} for text, words in counts]},
        "concat-with-proportion.json": {
            "concept": ["A", "B", "C"], "other": ["V", "W", "X", "Y"],
            "cases": [{"fraction": f, "n": n} for f, n in ((0.0, 5), (1.0, 5), (0.25, 10), (0.29, 100), (0.7, 10), (0.5, 0), (0.999, 9))],
        },
    }


def compute(folder, given, tokenizer):
    makers = {
        "split-by-concept.json": split, "count-target-words.json": count, "concat-with-proportion.json": concat,
    }
    if tokenizer is not None:
        makers.update({"tokenizer-roundtrip.json": roundtrip, "tokenize-batch.json": batch, "truncation.json": truncate})
    return {name: maker(json.loads(json.dumps(given[name])), tokenizer) for name, maker in makers.items() if name in given}


def ids(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False).ids


def decoded(tokenizer, tokens):
    return tokenizer.decode(tokens, skip_special_tokens=False)


def roundtrip(content, tokenizer):
    for case in content["cases"]:
        case["utf8_hex"] = case["text"].encode("utf-8").hex()
        case["ids"] = ids(tokenizer, case["text"])
        assert decoded(tokenizer, case["ids"]) == case["text"]
    return content


def batch(content, tokenizer):
    pad = tokenizer.token_to_id(content["bos"])
    content["pad_id"] = content["bos_id"] = pad
    for case in content["cases"]:
        start = content["bos"] if case["prepend_bos"] else ""
        rows = [ids(tokenizer, start + text)[:case["truncate_at"]] for text in case["texts"]]
        width = max(map(len, rows))
        left = case["padding_side"] == "left"
        case["ids"] = [[pad] * (width - len(r)) + r if left else r + [pad] * (width - len(r)) for r in rows]
        case["attention_mask"] = [
            [0] * (width - len(r)) + [1] * len(r) if left else [1] * len(r) + [0] * (width - len(r)) for r in rows
        ]
    return content


def truncate(content, tokenizer):
    stories = content["stories"]
    content["code_points"] = [len(story) for story in stories]
    for case in content["exact_tokens"]:
        case["expected"] = [decoded(tokenizer, ids(tokenizer, s)[:case["max_tokens"]]) for s in stories]
    for case in content["characters"]:
        case["expected"] = [story[:case["max_characters"]] for story in stories]
    for case in content["approximate"]:
        sample = stories[:case["sample"]]
        a, b = line([len(s) for s in sample], [len(ids(tokenizer, s)) for s in sample])
        case["estimated_characters"] = int((case["max_tokens"] - a) / b)
        case["expected"] = [s[:case["estimated_characters"] + case["buffer"]] for s in stories]
    return content


def line(x, y):
    """The least-squares line a + b·x by the normal equations."""
    n, sx, sy = len(x), sum(x), sum(y)
    b = (n * sum(p * q for p, q in zip(x, y)) - sx * sy) / (n * sum(p * p for p in x) - sx * sx)
    return (sy - b * sx) / n, b


def split(content, _):
    def matches(words, text):
        return re.search(r"\b(" + "|".join(map(re.escape, words)) + r")\b", text, re.IGNORECASE) is not None

    stories = content["stories"]
    for case in content["cases"]:
        case["forget"] = [i for i, story in enumerate(stories) if matches(case["words"], story)]
        case["retain"] = [i for i, story in enumerate(stories) if not matches(case["words"], story)]
    for case in content["unicode"]:
        case["matches"] = [matches(case["words"], text) for text in case["texts"]]
    return content


def count(content, _):
    def bare(word):
        return word.strip().lower().translate(str.maketrans("", "", string.punctuation))

    for case in content["cases"]:
        wanted = {bare(word) for word in case["words"]}
        case["expected"] = sum(bare(word) in wanted for word in case["text"].lower().split())
    return content


def concat(content, _):
    for case in content["cases"]:
        first = int(case["fraction"] * case["n"])
        case["concept_count"] = first
        case["expected"] = [content["concept"][i % len(content["concept"])] for i in range(first)]
        case["expected"] += [content["other"][i % len(content["other"])] for i in range(case["n"] - first)]
    return content
