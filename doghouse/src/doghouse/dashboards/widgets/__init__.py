"""The types of widgets, a family a file, as the chapters of Datadog's documentation have them (dashboards/widgets).

Required keys and closed choices are the schema's (WidgetDefinition), as far as an answer depends on them; where recorded traffic differs, it decides.

To add a type, `register` a `WidgetType` in its family's file: the API, pages, snapshots, warnings and coverage know it from then on. If it is drawn as no
other is, give it a `Drawing` of a new name and write `ui/static/js/widgets/NAME.mjs`, whose `make(one, board)` returns the function that draws its numbers.
"""
