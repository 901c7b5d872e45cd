"""The lint rules, a module each. Each registers itself (`rule.rule`); whatever module stands here is found."""

from doghouse.recipes import read_modules

read_modules(__name__)
