"""The ways that callers come to where a test begins: tables for `play_scenario`."""

TO_TOPICS = """
    arrives     | answering
    answered    | notice
    prompt ends | language_menu
    key 1       | topic_menu
"""

TO_QUEUE = f"""{TO_TOPICS}
    key 1       | enqueueing
"""

TO_HOLDING = f"""{TO_QUEUE}
    enqueued 3  | announcing
    prompt ends | holding
"""

TO_TALK = f"""{TO_HOLDING}
    accepted     | connecting
    lawyer heard | connecting
    prompt ends  | talking
"""

TO_CLOSED = """
    arrives closed | answering
    answered       | closed_menu
"""
