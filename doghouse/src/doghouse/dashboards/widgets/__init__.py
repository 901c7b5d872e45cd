"""The types of widgets, a family a file, as the chapters of Datadog's documentation have them (dashboards/widgets).

Required keys and closed choices are the schema's (WidgetDefinition), as far as an answer depends on them; where recorded traffic differs, it decides.
"""
