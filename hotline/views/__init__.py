"""What people may see of the truth: the shapes of answers and events, loaded for one reader.

Both web edges (api and agent_console) show the same things; the shapes and the masking live here,
so that a number is masked in one place and a field has one name. Services change, views only read.
"""
