# Projects and their members by the generic REST provider. Every object is one of the registry's own:
# the provider's requests are those of docs/reference/rest.md.
#
#   export TF_VAR_server=https://registry.example.com TF_VAR_token=ent_pat_…
#   terraform init && terraform plan

terraform {
  required_providers {
    restapi = {
      source  = "Mastercard/restapi"
      version = "~> 1.20"
    }
  }
}

variable "server" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

provider "restapi" {
  uri                  = "${var.server}/api/v1"
  write_returns_object = true
  headers = {
    Authorization = "Bearer ${var.token}"
    Content-Type  = "application/json"
  }
}

locals {
  projects = jsondecode(file("${path.module}/projects.json"))
  members  = jsondecode(file("${path.module}/members.json"))
}

resource "restapi_object" "project" {
  for_each      = local.projects
  path          = "/projects"
  id_attribute  = "name"
  object_id     = each.key
  data          = jsonencode(merge({ name = each.key }, each.value))
  update_method = "PATCH"
  update_data   = jsonencode(each.value)
}

resource "restapi_object" "member" {
  for_each      = local.members
  path          = "/projects/${each.value.project}/members"
  id_attribute  = "id"
  data          = jsonencode(merge({ subject = each.value.subject }, each.value.terms))
  update_method = "PATCH"
  update_data   = jsonencode(each.value.terms)
  depends_on    = [restapi_object.project]
}
