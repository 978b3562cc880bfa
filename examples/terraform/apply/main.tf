# Lets `entrepot apply` do the work: needs no provider but the one that is built in. Applies again
# whenever the file changes; what it does is in the log of the run.
#
#   export ENTREPOT_SERVER=https://registry.example.com ENTREPOT_TOKEN=ent_pat_…
#   terraform init && terraform apply

variable "file" {
  type    = string
  default = "../../apply/team.yaml"
}

resource "terraform_data" "registry" {
  triggers_replace = filesha256(var.file)

  provisioner "local-exec" {
    command = "entrepot apply --yes --file '${var.file}'"
  }
}
