from tests.make import cases


def test_through(scene):
    taken = cases.taken(scene.town.community, by=scene.resident)
    case = cases.answered(taken.case, scene.department, scene.worker, scene.clerk)
    case = cases.moved(case, "confirm", by=scene.resident, values={"solved": "yes", "satisfied": False})
    assert case.outcome == "solved"
    assert [e.kind for e in case.events.all()] == []
