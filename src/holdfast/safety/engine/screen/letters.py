"""Tables of letters: what one character is read as."""

from __future__ import annotations

import unicodedata
from typing import Final

# Cyrillic and Greek letters that look Latin (after Unicode's confusables, UTS 39): used only in
# words that mix scripts or consist of such letters alone.
_LOOKALIKES: Final = {
    "a": "аαɑ", "b": "ьβ", "c": "сϲ", "d": "ԁ", "e": "еεҽ", "g": "ɡ", "h": "һн", "i": "іιı",
    "j": "ј", "k": "кκ", "l": "ӏʟ", "m": "м", "n": "пηո", "o": "оοσօ", "p": "рρ", "q": "ԛ",
    "r": "г", "s": "ѕ", "t": "тτ", "u": "υս", "v": "ν", "w": "ԝω", "x": "хχ", "y": "уүγ", "z": "ζ",
}  # fmt: skip
HOMOGLYPHS: Final = {
    ord(strange): plain for plain, group in _LOOKALIKES.items() for strange in group
}

_EMOJI: Final = {
    "🔪🗡🪒🔨🪓": "🔪",
    "💊": "💊",
    "🔫": "🔫",
    "💀☠": "💀",
    "⚰🪦": "⚰",
    "🩸": "🩸",
    "🪢": "🪢",
    "😂🤣😆😹": "😂",
    "💔": "💔",
    "👋": "👋",
}
# What is an emoji of ours is read as a word by itself.
EMOJI: Final = {ord(one): f" {word} " for group, word in _EMOJI.items() for one in group}

APOSTROPHES: Final = "'’‘‛`´ʼ＇ꞌ"

_ARABIC: Final = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ک": "ك", "ی": "ي", "ھ": "ه", "ـ": "",
}  # fmt: skip
_DEVANAGARI: Final = {"़": "", "ँ": "ं"}

# Traditional characters in words of this field, read as simplified ones.
_TRADITIONAL: Final = (
    "為為們個這樣麼沒說話還會來時間過後裡裏無愛戀殺傷斷絕體藥槍橋樓頂決結離開關懷歲歷經發現見覺"
    "學業變亂讓邊難過煩惱擔壓負債錢貓狗雞魚親媽爺奶孫師醫護員診斷療臨終遺書寫記錄號碼電視聽聲響"
    "夢醒睡眠劃計準備買賣貨棄捨獻給與從東西車輛輪鐵軌燒炭繩勒頸腦頭臉腕動脈血淚淨乾濕熱涼氣憤恨"
    "罵辱虐毆擊鬥爭戰勝敗輸贏應該當歡樂鬱悶焦慮緊張驚嚇惡鬼靈魂禱願望誰嗎呢啊吶場處價錯誤對雙單"
    "獨複雜簡齡齒圖圍壞墜墮壽夠奪妝婦嬰孿寧實寬導層屬島嶺幾廢廣彈彎徑憂懶戲撐撿擁擇據擺攔收敗數"
    "斃暈曆曉會機權歐殘殼溫滅滿漢漸潔潛灣災爛獄獎獵瘋癒癥盡眾禍禮種穩窮競筆糧紅約級純紙細終組絲"
    "綁維網線練緣總繼續罰職聯聰肅脅腫膽臟舉舊艱藝蘇處號虛蟲補襯規覽觀觸計訊討訓託許訴註評詞試詩"
    "誠請論諮證識譯議護讀變貝負財責貪貧費資賭質贈趕趙跡踐躍軟較載輕農運達違遠適選遲遷鄉鄰醜釋針"
    "鐘鏡長門閉問閒關陰陳險隨隱雖靜響頁項順須預顧顯風飛飯飲飽養餘餓館駕騙驗髒鬆鬧鮮麗黃點齊龍龜鯊喪厭"
)
_SIMPLIFIED: Final = (
    "为为们个这样么没说话还会来时间过后里里无爱恋杀伤断绝体药枪桥楼顶决结离开关怀岁历经发现见觉"
    "学业变乱让边难过烦恼担压负债钱猫狗鸡鱼亲妈爷奶孙师医护员诊断疗临终遗书写记录号码电视听声响"
    "梦醒睡眠划计准备买卖货弃舍献给与从东西车辆轮铁轨烧炭绳勒颈脑头脸腕动脉血泪净干湿热凉气愤恨"
    "骂辱虐殴击斗争战胜败输赢应该当欢乐郁闷焦虑紧张惊吓恶鬼灵魂祷愿望谁吗呢啊呐场处价错误对双单"
    "独复杂简龄齿图围坏坠堕寿够夺妆妇婴孪宁实宽导层属岛岭几废广弹弯径忧懒戏撑捡拥择据摆拦收败数"
    "毙晕历晓会机权欧残壳温灭满汉渐洁潜湾灾烂狱奖猎疯愈症尽众祸礼种稳穷竞笔粮红约级纯纸细终组丝"
    "绑维网线练缘总继续罚职联聪肃胁肿胆脏举旧艰艺苏处号虚虫补衬规览观触计讯讨训托许诉注评词试诗"
    "诚请论谘证识译议护读变贝负财责贪贫费资赌质赠赶赵迹践跃软较载轻农运达违远适选迟迁乡邻丑释针"
    "钟镜长门闭问闲关阴陈险随隐虽静响页项顺须预顾显风飞饭饮饱养余饿馆驾骗验脏松闹鲜丽黄点齐龙龟鲨丧厌"
)
_LIGATURES: Final = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}
_PLAIN: Final = {
    **{ord(old): new for old, new in _LIGATURES.items()},
    **{ord(old): new for old, new in _ARABIC.items()},
    **{ord(old): new for old, new in _DEVANAGARI.items()},
    **{ord(old): new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)},
    **EMOJI,
    **dict.fromkeys(map(ord, APOSTROPHES), "'"),
    **dict.fromkeys(map(ord, "，、"), ","),
    ord("。"): ".",
    ord("।"): ".",
    ord("॥"): ".",
    ord("؟"): "?",
    ord("،"): ",",
    ord("؛"): ";",
    ord("…"): ".",
    ord("–"): "-",
    ord("—"): ",",
}


class _Folding(dict[int, str]):
    """Character -> what it is read as; worked out once per character."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    known = _PLAIN.get(ord(character))
    if known is not None:
        return known
    out = []
    for part in unicodedata.normalize("NFKD", character).casefold():
        part = _PLAIN.get(ord(part), part)
        kind = unicodedata.category(part) if len(part) == 1 else "L"
        if kind == "Mn" and not "\u0900" <= part <= "\u097f":
            continue  # an accent, a vowel sign of Arabic, a variation selector
        if kind in {"Cf", "Me", "Cs"} or (kind == "Cc" and part not in "\n\t\r"):
            continue  # zero-width, direction marks, controls
        out.append(part)
    return "".join(out)


FOLDING: Final = _Folding()
for _code in range(128):
    FOLDING[_code] = _fold(chr(_code))
