from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries, services
from tests.make import registers as build


def test_smoke(town, rooms, tmp_path):
    build.parameter("reading_room_coverage", "100", "percent")
    e = build.room(town.willow, name="柳荫书屋", area="120㎡", open_daily="是", rhythm="每周", readers="3", note="靠河", desk_phone="028-123456", key_holder="楼长")
    build.room(town.plum, name="梅园书屋", area="80", open_daily="否", readers="12")
    page = queries.entries(rooms, ANONYMOUS)
    print([(r.name, [c.text for c in r.cells]) for r in page.rows])
    assert [r.name for r in queries.entries(rooms, ANONYMOUS, q="靠河").rows] == ["柳荫书屋"]
    assert [r.name for r in queries.entries(rooms, ANONYMOUS, q="楼长").rows] == []
    assert [r.name for r in queries.entries(rooms, ANONYMOUS, filters={"rhythm": "weekly"}).rows] == ["柳荫书屋"]
    d = queries.detail(rooms, e.number, ANONYMOUS)
    print([(s.field.code, s.text, s.hidden) for s in d.fields], d.sealed)
    services.change_entry("reading_room", 1, values={"area": "130"}, by=build.SYSTEM, at=build.NOW)
    print(queries.history(rooms, 1, ANONYMOUS))
    print(services.recompute_coverage(by=build.SYSTEM, at=build.NOW))
    for c in queries.coverage(rooms, town.city, build.SYSTEM):
        print(c.name, c.value, c.target, c.gap, c.figure)
    f = build.csv_file(tmp_path / "a.csv", "名称,单元代码,面积（平方米）,每天开放", f"柳荫书屋,{town.willow.code},130,是", f"石桥书屋,石桥社区,５０㎡,有")
    r = services.import_entries("reading_room", f, by=build.SYSTEM, at=build.NOW)
    print(r)
    print("".join(queries.csv_export(rooms, ANONYMOUS)))
    print("".join(queries.geojson_export(rooms, ANONYMOUS)))
    queries.xlsx_export(rooms, ANONYMOUS, tmp_path / "x.xlsx")
    print(queries.overview(ANONYMOUS))
    r = services.import_entries("reading_room", f, by=build.SYSTEM, at=build.NOW)
    print(r)
    assert 0
