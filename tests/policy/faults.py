"""Each class of fault once: what is changed in which file, and what the checker then says."""

OPINION = "north/opinion-2017"
PARAMETERS = f"{OPINION}/parameters.toml"

FAULTS = [
    # what is changed: file, old, new; and what is said after "packs/"
    (
        "north/jurisdiction.toml", "is_simulated", "is_simulatd",
        "north/jurisdiction.toml:5: the key 'is_simulatd' is unknown here; mend: perhaps 'is_simulated' is meant",
    ),
    (
        PARAMETERS, "phrase", "banana",
        f"{PARAMETERS}:10: the key 'banana' is unknown here; mend: take it out; known here: attribute, by, code, from,"
        " high, name, note, operator, phrase, provision, requirements, scope, unit, until, value",
    ),
    (
        "north/jurisdiction.toml", "is_simulated = false", 'is_simulated = "no"',
        "north/jurisdiction.toml:5: is_simulated must be true or false, without quotes, not text;"
        " mend: write is_simulated = true or false, without quotes",
    ),
    (
        f"{OPINION}/document.toml", 'kind = "opinion"\n', "",
        f'{OPINION}/document.toml:1: kind is missing; mend: add kind = "…"',
    ),
    (
        f"{OPINION}/document.toml", 'kind = "opinion"', 'kind = "opinon"',
        f"{OPINION}/document.toml:2: kind = 'opinon' is unknown; mend: perhaps 'opinion' is meant",
    ),
    (
        f"{OPINION}/document.toml", 'kind = "opinion"', 'kind = "song"',
        f"{OPINION}/document.toml:2: kind = 'song' is unknown;"
        " mend: write law, regulation, rule, opinion, plan, standard, report, notice",
    ),
    (
        f"{OPINION}/document.toml", 'status = "in_force"', "status = true",
        f'{OPINION}/document.toml:10: status must be "…", not true or false; mend: write status = "…"',
    ),
    (
        f"{OPINION}/document.toml", 'en = "Some office"', 'en = ""',
        f'{OPINION}/document.toml:4: issuer has no English; mend: write issuer = {{ zh = "…", en = "…" }}',
    ),
    (
        f"{OPINION}/document.toml", 'note = { zh = "", en = "" }', 'note = { zh = "", en = "some" }',
        f'{OPINION}/document.toml:6: note has no Chinese; mend: write note = {{ zh = "…", en = "…" }}',
    ),
    (
        f"{OPINION}/document.toml", "issued_on = 2017-01-01", "issued_on = 2017-01-01T10:00:00",
        f"{OPINION}/document.toml:11: issued_on must be a date without quotes: 2017-09-20, not a date with a time;"
        " mend: write issued_on = a date without quotes: 2017-09-20",
    ),
    (
        f"{OPINION}/document.toml", "issued_on = 2017-01-01", "issued_on = 2018-01-01",
        f"{OPINION}/document.toml:12: in_force_on 2017-01-01 is before issued_on 2018-01-01;"
        " mend: put the two dates right",
    ),
    (
        f"{OPINION}/document.toml", "issued_on = 2017-01-01\nin_force_on = 2017-01-01\n", "",
        f"{OPINION}/document.toml:8: the version has no date; mend: add issued_on = 2017-09-20, or in_force_on",
    ),
    (
        f"{OPINION}/document.toml", "issued_on = 2017-01-01", "issued_on = 0017-01-01",
        f"{OPINION}/document.toml:11: issued_on = 0017-01-01 is no plausible day;"
        " mend: write a day from 1900-01-01 to 2200-12-31",
    ),
    (
        f"{OPINION}/document.toml", 'certainty = "full_text"', 'until = 2016-01-01\ncertainty = "full_text"',
        f"{OPINION}/document.toml:13: until 2016-01-01 is not after the first day 2017-01-01;"
        " mend: until is the first day without it",
    ),
    (
        "north/draft-2024/document.toml", "issued_on = 2024-01-01", "issued_on = 2024-01-01\nin_force_on = 2024-02-01",
        "north/draft-2024/document.toml:12: a draft is not in force;"
        " mend: take in_force_on out, or change the status",
    ),
    (
        f"{OPINION}/document.toml", "[[versions]]", "[[version]]",
        f"{OPINION}/document.toml:1: versions is missing; mend: add versions = tables, each under [[versions]]",
    ),
    (
        f"{OPINION}/provisions.toml", 'requirements = ["R239"]', 'requirements = ["239"]',
        f"{OPINION}/provisions.toml:6: '239' in requirements is not of the right form;"
        ' mend: write ids from "R001" to "R379"',
    ),
    (
        f"{OPINION}/provisions.toml", 'requirements = ["R239"]', 'requirements = ["R380"]',
        f"{OPINION}/provisions.toml:6: 'R380' in requirements is not of the right form;"
        ' mend: write ids from "R001" to "R379"',
    ),
    (
        f"{OPINION}/provisions.toml", 'requirements = ["R239"]', 'requirements = ["R000"]',
        f"{OPINION}/provisions.toml:6: 'R000' in requirements is not of the right form;"
        ' mend: write ids from "R001" to "R379"',
    ),
    (
        f"{OPINION}/provisions.toml", 'requirements = ["R239"]', 'requirements = ["R239", "R239"]',
        f"{OPINION}/provisions.toml:6: 'R239' stands twice in requirements; mend: leave it once",
    ),
    (
        f"{OPINION}/provisions.toml", 'requirements = ["R239"]', 'versions = ["2018"]',
        f"{OPINION}/provisions.toml:6: there is no version '2018'; mend: known here: 2017",
    ),
    (
        f"{OPINION}/provisions.toml", 'number = "4"', "number = 4",
        f'{OPINION}/provisions.toml:2: number must be text in quotes: "…", not a number;'
        ' mend: write number = text in quotes: "…"',
    ),
    (
        f"{OPINION}/provisions.toml", 'number = "4"', 'number = "第四"',
        f"{OPINION}/provisions.toml:2: number = '第四' is not of the right form;"
        ' mend: write letters, figures, points and hyphens: "4", "box1-3"',
    ),
    (
        f"{OPINION}/provisions.toml", 'number = "5"', 'number = "4"',
        f"{OPINION}/provisions.toml:8: the provision north/opinion-2017#4 from 2017-01-01 overlaps the one in"
        f" packs/{OPINION}/provisions.toml:1 from 2017-01-01;"
        " mend: give the earlier one until = 2017-01-01, or take one out",
    ),
    (
        PARAMETERS, '"m2_per_100_households"', '"m2_per_100_houses"',
        f"{PARAMETERS}:7: unit = 'm2_per_100_houses' is unknown; mend: write one that is known; near: ",
    ),
    (
        PARAMETERS, "value = 30", "value = nan",
        f"{PARAMETERS}:4: value = NaN is no exact number;"
        " mend: write a number of at most 6 decimal places, below 10 to the 15th: 30, 0.5",
    ),
    (
        PARAMETERS, "value = 30", 'value = "many"',
        f"{PARAMETERS}:4: value = 'many' is no exact number;"
        " mend: write a number of at most 6 decimal places, below 10 to the 15th: 30, 0.5",
    ),
    (
        PARAMETERS, "value = 30", "value = 1e99999",
        f"{PARAMETERS}:4: value = 1E+99999 is no exact number;"
        " mend: write a number of at most 6 decimal places, below 10 to the 15th: 30, 0.5",
    ),
    (
        PARAMETERS, "value = 30", "value = 30\nhigh = 40",
        f'{PARAMETERS}:5: high belongs to a range, not to >=; mend: take it out, or write operator = "range"',
    ),
    (
        PARAMETERS, "from = 2017-01-01", "from = 2017-01-01\nby = 2016-12-31",
        f"{PARAMETERS}:6: by 2016-12-31 is before the first day 2017-01-01;"
        " mend: by is the last day on which it may be reached",
    ),
    (
        PARAMETERS, 'attribute = "binding"', 'by = 2020-12-31\nattribute = "reported"',
        f"{PARAMETERS}:8: by belongs to a number that is aimed at, not to reported;"
        " mend: take it out, or change the attribute",
    ),
    (
        PARAMETERS, 'operator = ">="', 'operator = "range"',
        f"{PARAMETERS}:1: a range has no upper end; mend: add high = …",
    ),
    (
        PARAMETERS, 'operator = ">="', 'operator = "range"\nhigh = 3',
        f"{PARAMETERS}:7: high = 3 is not above value = 30; mend: put the smaller number first",
    ),
    (
        PARAMETERS, 'provision = "4"', 'provision = "44"',
        f"{PARAMETERS}:9: the document has no provision '44'; mend: perhaps '4' is meant",
    ),
    (
        PARAMETERS, 'code = "area', 'code = "Area',
        f"{PARAMETERS}:2: code = 'Area_per_100_households' is not of the right form;"
        " mend: write small letters, figures and _",
    ),
    (
        PARAMETERS, 'phrase = "不低于', 'phrase = "\\u0000',
        f"{PARAMETERS}:10: phrase holds a character that can't be seen; mend: type the text anew here",
    ),
    (
        PARAMETERS, 'phrase = "不低于', 'phrase = "' + "长" * 300,
        f"{PARAMETERS}:10: phrase has 302 characters; mend: shorten it to 300 characters",
    ),
    (
        "north/jurisdiction.toml", 'parent = "cn"', 'parent = "nc"',
        "north/jurisdiction.toml:4: there is no jurisdiction 'nc'; mend: perhaps 'cn' is meant",
    ),
    (
        "north/jurisdiction.toml", 'parent = "cn"', 'parent = ""',
        "north/jurisdiction.toml:4: a second jurisdiction has no parent; mend: give it a parent: 'cn'",
    ),
    (
        "north/jurisdiction.toml", 'parent = "cn"', 'parent = "north"',
        "north/jurisdiction.toml:4: its parents lead back to itself;"
        " mend: let the chain of parents end at the nation",
    ),
    (
        "north/jurisdiction.toml", 'parent = "cn"', 'parent = "south"',
        "north/jurisdiction.toml:4: 980100000000 does not lie in 980200000000 of its parent;"
        " mend: put division or parent right",
    ),
    (
        "north/jurisdiction.toml", "980100000000", "9801",
        "north/jurisdiction.toml:3: division = '9801' has not 12 digits; mend: add zeros: 510100000000",
    ),
    (
        "south/jurisdiction.toml", "980200000000", "980100000000",
        "south/jurisdiction.toml:1: the division 980100000000 is said already in packs/north/jurisdiction.toml:1;"
        " mend: give one of the two another code, or take it out",
    ),
    (
        "north/jurisdiction.toml", 'code = "north"', 'code = "norht"',
        "north/jurisdiction.toml:1: code = 'norht' differs from the name of its file or folder, 'north';"
        " mend: make the two the same",
    ),
    (
        f"{OPINION}/things/lamp.toml", "#4", "#9",
        f"{OPINION}/things/lamp.toml:3: there is no provision 'north/opinion-2017#9';"
        " mend: perhaps 'north/opinion-2017#5' is meant",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'basis = ["north/opinion-2017#4"]', "basis = []",
        f"{OPINION}/things/lamp.toml:3: basis is empty; mend: name the provision that asks for this",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'colour = "red"', 'colour = "blue"',
        f"{OPINION}/things/lamp.toml:5: there is no such colour; mend: write red or green",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'colour = "red"', '[[coverage]]\nparameter = "area_per_100_house"',
        f"{OPINION}/things/lamp.toml:6: there is no parameter 'area_per_100_house';"
        " mend: perhaps 'area_per_100_households' is meant",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'colour = "red"', 'colour = "red"\nat = 10:00:00',
        f"{OPINION}/things/lamp.toml:6: a time of day stands here; mend: write a date: 2017-09-20",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'colour = "red"', 'colour = "red"\nmany = inf',
        f"{OPINION}/things/lamp.toml:6: this number is too large, or is none; mend: write the number that is meant",
    ),
    (
        f"{OPINION}/things/lamp.toml", 'colour = "red"', 'colour = "red"\ndeep = ' + "[" * 20 + "]" * 20,
        f"{OPINION}/things/lamp.toml:6: tables are nested too deeply; mend: at most 12 levels",
    ),
]  # fmt: skip
