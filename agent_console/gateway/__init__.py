"""The gateway: browsers' audio over web sockets on one side, plain RTP to the engine on the other.

A process of its own, so that no page and no request can delay a voice.
"""
