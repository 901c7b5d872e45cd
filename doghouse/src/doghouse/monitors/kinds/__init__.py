"""The kinds of monitors that doghouse evaluates, a module each. Each registers itself (`registry.kind`); whatever module stands here is found."""

from doghouse.recipes import read_modules

read_modules(__name__)
