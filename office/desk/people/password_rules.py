"""Which passwords are taken: NIST SP 800-63B, 5.1.1.2. Length counts; no rules of composition, no expiry.

Refused are the commonest ones, what is one letter or one run over and over, and what anybody at the office would try
first: the login, the name, the office.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from office.desk.mistake import Mistake

SHORTEST, LONGEST = 10, 128

RUNS = (
    "01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
    "zaq12wsxcde34rfvbgt56yhn", "147258369147258369", "741852963741852963", "159357159357", "112233445566778899",
    "a1b2c3d4e5f6g7h8i9", "1a2b3c4d5e6f7g8h9i", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+",
)  # fmt: skip
"""Ways over a keyboard; any ten letters on the way are refused."""

_COMMON = """
    password passw0rd p@ssword p@ssw0rd pa55word mima mypassword changeme letmein welcome iloveyou admin
    administrator root user guest login test demo default secret master qwerty qwer asdf zxcv qwe asd zxc abc
    abcd abc123 woaini woaini1314 wo1314 woaiwojia woshishui nihao aini5201314 5201314 1314520 520 1314
    7758521 7758258 521521 beijing zhongguo china dragon monkey football baseball sunshine princess superman
    batman computer internet windows iphone huawei xiaomi linli desk office jiedao shequ wangge zhiban
    yijianling computer1 trustno1 whatever starwars michael jennifer jordan shadow freedom liverpool chelsea
    pokemon google taobao alibaba tencent qq weixin wechat zhangwei wangwei liwei lixiang wangfang 邻里 街道 社区 值班
    密码 北京 中国
"""
WORDS = frozenset(_COMMON.split())

TAILS = ("", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0", "00",
         "000", "111", "888", "666", "520", "1314", "5201314", "!", "!!", "@", "#", ".", "@123", "@1234", "@12345",
         "@123456", "#123", "!123", "123!", "123@", "1!", "2020", "2021", "2022", "2023", "2024", "2025", "2026",
         "2027", "@2024", "@2025", "@2026", "2024!", "2025!", "2026!")  # fmt: skip
"""What people hang behind a word when they are told to add something."""


def demand(password: str, about: Iterable[str], field: str = "new") -> None:
    """Raises Mistake when this password is not taken. `about`: login, name, office, an older password."""
    plain = folded(password)
    if len(plain) < SHORTEST:
        raise Mistake(f"密码至少 {SHORTEST} 个字符", f"a password has at least {SHORTEST} characters", field=field)
    if len(password) > LONGEST:
        raise Mistake(f"密码最多 {LONGEST} 个字符", f"a password has at most {LONGEST} characters", field=field)
    own = {folded(word) for word in about if len(word) > 1}
    if plain in own or _common(plain, own):
        raise Mistake(
            "这个密码太常见,容易被猜到。可以用几个不相关的词连起来",
            "this password is among the first that anyone would try; join a few words that do not belong together",
            field=field,
        )


def folded(text: str) -> str:
    """As it is compared: width and case do not make a password better."""
    return unicodedata.normalize("NFKC", text).casefold()


def _common(plain: str, own: set[str]) -> bool:
    if len(set(plain)) <= 2 or any(plain in run or plain in run[::-1] for run in RUNS):
        return True
    if any(plain == plain[:size] * (len(plain) // size) + plain[: len(plain) % size] for size in range(1, 6)):
        return True
    return any(_worded(plain.removesuffix(tail), own) for tail in TAILS if plain.endswith(tail))


def _worded(stem: str, own: set[str]) -> bool:
    """Whether it is one of the words, once or twice, or two of them."""
    words = WORDS | own
    return stem == "" or stem.isdigit() or any(stem[len(w) :] in words | {""} for w in words if stem.startswith(w))
