from tests.make.people import account, mandate, official, resident, roles, second_factor, sign_in, town  # noqa: F401
