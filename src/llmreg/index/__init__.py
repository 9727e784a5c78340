"""The read model: one SQLite file made from one commit of a registry, and the only room that speaks SQL."""
