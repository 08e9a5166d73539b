from tests.make.demo import demo_city, hamlet, hamlet_by_services  # noqa: F401
from tests.make.kernel import at_once, chained, entry, form, notice, standing  # noqa: F401
from tests.make.people import account, mandate, official, resident, roles, second_factor, sign_in, town  # noqa: F401
from tests.make.portal import City, small_city  # noqa: F401
from tests.make.territory import Town, holder, papers, population, small_town, unit  # noqa: F401
