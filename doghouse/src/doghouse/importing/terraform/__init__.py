"""Terraform as it lies in a repository, and as `terraform show -json` prints it.

`.tf` files are parsed by python-hcl2 and worked out here, not by tfparse. tfparse 0.6.22 gives null both for null and for what is unknown, leaves out a
resource whose `for_each` is unknown, leaves a whole text as it is where one part of it is unknown, knows no line of an attribute, and reads a broken file as
an empty one; it takes 60 MB, and a panic in it (its issues 249 and 258) ends Python.

    plans.resources(document)                                  # a plan's or a state's resources
    thing(kind, where, values)                                 # one of them as a monitor, a downtime or an objective

`folders` reads `.tf` files; it is imported only where there are some.
"""

from doghouse.importing.terraform import plans
from doghouse.importing.terraform.converting import thing, unread
from doghouse.importing.terraform.files import is_terraform
from doghouse.importing.terraform.resources import FIELDS, READ

__all__ = ["FIELDS", "READ", "is_terraform", "plans", "thing", "unread"]
