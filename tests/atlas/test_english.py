"""Words as `lucene.english` finds them."""

import pytest
from tests.atlas.english import english_words, stem


@pytest.mark.parametrize(
    ("word", "stemmed"),
    # The examples of Porter's paper, through all of its steps.
    [
        ("caresses", "caress"), ("ponies", "poni"), ("ties", "ti"), ("caress", "caress"), ("cats", "cat"),
        ("feed", "feed"), ("agreed", "agre"), ("plastered", "plaster"), ("bled", "bled"), ("motoring", "motor"),
        ("sing", "sing"), ("conflated", "conflat"), ("troubled", "troubl"), ("sized", "size"), ("hopping", "hop"),
        ("tanned", "tan"), ("falling", "fall"), ("hissing", "hiss"), ("fizzed", "fizz"), ("failing", "fail"),
        ("filing", "file"), ("happy", "happi"), ("sky", "sky"), ("relational", "relat"), ("conditional", "condit"),
        ("rational", "ration"), ("digitizer", "digit"), ("vietnamization", "vietnam"), ("operator", "oper"),
        ("decisiveness", "decis"), ("hopefulness", "hope"), ("sensibiliti", "sensibl"), ("triplicate", "triplic"),
        ("formative", "form"), ("electrical", "electr"), ("goodness", "good"), ("revival", "reviv"),
        ("adjustment", "adjust"), ("adoption", "adopt"), ("homologou", "homolog"), ("effective", "effect"),
        ("probate", "probat"), ("rate", "rate"), ("cease", "ceas"), ("controll", "control"), ("roll", "roll"),
    ],
)  # fmt: skip
def test_a_word_is_cut_to_its_stem(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_the_commonest_words_and_possessives_are_left_out() -> None:
    assert english_words("The cat's boats, and what IS in them: 3.14") == ["cat", "boat", "what", "them", "3.14"]
    assert english_words("to be or not to be") == []
