"""The admission gate on the desk: departments apply, communities answer, the joint meeting decides, others watch."""
