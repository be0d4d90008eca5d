"""Function words of each language: articles, pronouns, prepositions, conjunctions, auxiliaries,
question words; in Chinese only single characters and pairs that belong to questions.

They never decide whether an entry is found and count little in its score. Words that also
carry meaning in a search for agreements, exercises or partners are left out on purpose.
"""

from __future__ import annotations

STOP_WORDS = {
    "ar": """
        في من على إلى الى عن مع ما ماذا هل هو هي هم هذا هذه ذلك تلك التي الذي الذين كان كانت
        يكون تكون أن إن ان أو او ثم قد لقد لا لم لن كل بين بعد قبل عند حتى كما كيف متى أين اين
        كم أي اي لماذا و ب ل ك ف منذ خلال حول غير أيضا التى وهو وهي وما ومن وفي لها له لهم به
        بها فيه فيها منه منها عليه عليها إليه إليها هناك هنا نحن أنا أنت اللذين اللواتي بأن لأن
        كانوا يتم تم
    """,
    "de": """
        aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da
        damit dann das dass daß dem den denn der des die dies diese diesem diesen dieser dieses
        doch dort du durch ein eine einem einen einer eines er es für gegen gibt hab habe haben
        hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist
        jede jedem jeden jeder jedes kann kein keine keinem keinen keiner können könnte man mehr
        mein meine mich mir mit muss nach nicht noch nun nur ob oder ohne sehr sein seine seinem
        seinen seiner sich sie sind so soll sollte sondern über um und uns unser unsere unter
        viel vom von vor wann war waren warum was weil welche welchem welchen welcher welches
        wem wen wenn wer werde werden wie wieder will wir wird wo worden wurde wurden zu zum zur
        zwischen
    """,
    "en": """
        a about after all also am an and any are as at be because been before being between both
        but by can could did do does doing don during each few for from had has have having he
        her here hers him his how i if in into is it its itself just ll me more most my no nor
        not of off on once only or other our ours out over own re s same she should so some such
        t than that the their theirs them then there these they this those through to too under
        until up us ve very was we were what when where which while who whom whose why will with
        would you your yours
    """,
    "es": """
        a al algo algunas algunos ante antes como con contra cual cuales cuando cuanto cuantos
        de del desde donde dos durante e el él ella ellas ellos en entre era eran es esa esas
        ese eso esos esta está están estas este esto estos fue fueron ha había han hasta hay la
        las le les lo los más me mi mis mucho muy nada ni no nos nosotros o otra otras otro
        otros para pero poco por porque puede pueden que qué quién quien quienes se sea ser si
        sí sin sobre son su sus también tanto te tiene tienen todo todos tu tus u un una unas
        uno unos y ya yo cómo cuál cuándo dónde cuáles cuánto cuántos
    """,
    "fr": """
        à a ai au aucun aussi autre aux avec avait c ce ceci cela ces cet cette ceux chaque ci
        combien comme comment d dans de des donc dont du elle elles en entre est et étaient
        était été être eu eux fait il ils j je l la là laquelle le lequel les lesquelles
        lesquels leur leurs lui m ma mais me même mes moi mon n ne ni non nos notre nous on ont
        ou où par pas peut peuvent plus pour pourquoi qu quand que quel quelle quelles quels qui
        quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute
        toutes très tu un une vers vos votre vous y
    """,
    "ru": """
        а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да
        даже для до его ее ей если есть еще ж же за здесь и из или им их к как какая какие каким
        каких какого какой каком какую когда кем ко кого кому которая которого которое которой
        которые который которых кто куда ли лишь между меня мне много может можно мой мы на над
        надо нам нас наш не него нее ней нет ни них но ну о об однако он она они оно от очень по
        под после потому почему при про с сам свое своего своей свои своих со сколько та так
        такая также такие такой там те тем то того тоже той только том ты у уже хотя чего чей
        чем что чтобы чье чья эта эти этих это этого этой этом этот эту я
    """,
    "zh": """
        的 了 和 是 在 与 或 及 也 就 都 而 什么 哪些 哪个 哪里 哪种 多少 如何 怎么 怎样 为什
        何时 是谁 谁是 是什 几个 是否 有哪 有什
    """,
}
