// The AWS provider's source as a Go module: its own go.mod forbids the tags of major version 6, so a commit that carries provider
// 6.34.0 stands in for it. The checksum database does not list that commit, which is why go.sum pins it.
module mlflow-on-aws/aws-provider

go 1.25

require github.com/hashicorp/terraform-provider-aws v1.60.1-0.20220923175450-ca71523cdc36

replace github.com/hashicorp/terraform-provider-aws => github.com/upbound/terraform-provider-aws v0.0.0-20260305123303-f7691456b787
