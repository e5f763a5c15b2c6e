"""The words the benchmark desks are written in: small, in several languages, free of any real person."""

from __future__ import annotations

FIRST_NAMES = (
    "Ana", "Marko", "Iva", "Luka", "Petra", "Nikos", "Eleni", "Jonas", "Heike", "Dana",
    "Tom", "Carla", "Haruka", "Kenji", "Yumi", "Rok", "Maja", "Uwe", "Đurđa", "Žarko",
)  # fmt: skip
LAST_NAMES = (
    "Horvat", "Babić", "Kralj", "Zupan", "Vidmar", "Andreou", "Pappa", "Brandt", "Lorenz", "Reyes",
    "Okafor", "Mori", "Aoki", "Tanabe", "Hribar", "Kos", "Paulsen", "Šimić", "Čolak", "Ortiz",
)  # fmt: skip
ORGANISATIONS = ("harbour", "marina", "ferries", "rowing", "lighthouse", "pilots", "chandlery", "survey")

TITLES = (
    "Cannot log in after password reset", "Board shows the wrong tide", "Invoice sent twice",
    "Buoy stops sending at night", "Export takes an hour", "Please add a second user",
    "Ne mogu se prijaviti nakon promjene lozinke", "Bova se gasi noću", "Krivi broj na računu",
    "Žurnal mjerenja je prazan", "Senzor valov kaže preveč", "Prehod izgublja omrežje",
    "Boja je odplula s položaja", "Το ανεμόμετρο δεν στέλνει μετρήσεις", "Ψευδείς συναγερμοί τη νύχτα",
    "Λάθος ΦΠΑ στο τιμολόγιο", "Anzeige verliert das WLAN", "Rechnung doppelt erhalten",
    "Die Karte stürzt beim Öffnen ab", "掲示板の文字が四角になる", "請求書を円建てにしたい",
)  # fmt: skip

SENTENCES = (
    "Since yesterday evening the display has been dark.", "We restarted it twice and nothing changed.",
    "Could you please have a look before the weekend?", "The colleague next door sees the same message.",
    "I attach what the status page says.", "Thank you, that was quick.", "It works again since this morning.",
    "The battery holds for three hours at most.", "Our auditors ask for the list by Friday.",
    "Dobar dan, molim za pomoć oko prijave.", "Piše da su podaci neispravni, a sigurna sam da nisu.",
    "Hvala, sada radi.", "Napon padne prije zore i bova se ugasi.", "Račun nosi stari porezni broj.",
    "Pozdravljeni, od zadnje nevihte je meritev napačna.", "Poravnali smo nosilno roko v delavnici.",
    "Hvala za hitro pomoč.", "Prehod vsako uro izgubi zvezo.", "Καλημέρα σας, η πύλη φαίνεται συνδεδεμένη.",
    "Το καλώδιο μοιάζει φαγωμένο.", "Ο σοφός σχεδιαστής θα έβαζε μεγαλύτερα γράμματα.",
    "Σας ευχαριστούμε πολύ.", "Moin, das Handy daneben hat vollen Empfang.", "Neustart hat nichts gebracht.",
    "Welche der beiden Rechnungen gilt?", "Läuft wieder, vielen Dank.", "お世話になっております。",
    "昨日の更新のあとから表示されません。", "ご確認をお願いいたします。", "直りました。ありがとうございました。",
)  # fmt: skip

TAGS = (
    "api", "battery", "billing", "calibration", "connectivity", "contract", "dashboard", "export",
    "firmware", "gateway", "invoice", "login", "mobile", "outage", "sensor", "shipping", "training", "vip",
)  # fmt: skip
GROUPS = ("support", "devices", "platform", "billing", "field")
TYPES = ("question", "incident", "problem", "request")
PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent")
CHANNELS = ("email", "email", "web", "phone", "chat")
FIELDS = {
    "region": ("eu", "us", "jp", "uk"),
    "product": ("board", "buoy", "gateway", "station"),
    "version": ("3.4.0", "3.4.1", "3.4.2", "4.0.0"),
    "plan": ("bronze", "silver", "gold"),
    "country": ("HR", "SI", "GR", "DE", "US", "JP"),
    "device": ("P2-1130", "P3-0417", "GW-220", "A1-0077", "L1-0009"),
    "contract": ("C-1001", "C-1002", "C-1003", "C-1004"),
    "site": ("north pier", "south pier", "east terminal", "west terminal"),
    "impact": ("one", "team", "site", "everybody"),
}
