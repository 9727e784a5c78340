"""Imported once, by the process that workers are forked from: then each worker starts with everything in memory."""

from llmreg.server.judging.worker import warm

warm()
