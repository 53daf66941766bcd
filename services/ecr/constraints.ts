// Emitted by scripts/constraints.mjs from botocore's model 2015-09-21 of ECR; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  CreateRepositoryRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"},"imageTagMutability":{"enum":["MUTABLE","IMMUTABLE","IMMUTABLE_WITH_EXCLUSION","MUTABLE_WITH_EXCLUSION"]},"imageTagMutabilityExclusionFilters":{"min":1,"max":5}},
  DeleteLifecyclePolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"}},
  DeleteRepositoryPolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"}},
  DeleteRepositoryRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"}},
  DescribeImagesFilter: {"tagStatus":{"enum":["TAGGED","UNTAGGED","ANY"]},"imageStatus":{"enum":["ACTIVE","ARCHIVED","ACTIVATING","ANY"]}},
  DescribeImagesRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"},"imageIds":{"min":1,"max":100},"maxResults":{"min":1,"max":1000}},
  DescribeRepositoriesRequest: {"registryId":{"pattern":"[0-9]{12}"},"repositoryNames":{"min":1,"max":100,"member":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*"}},"maxResults":{"min":1,"max":1000}},
  EncryptionConfiguration: {"encryptionType":{"enum":["AES256","KMS","KMS_DSSE"],"required":true},"kmsKey":{"min":1,"max":2048}},
  GetLifecyclePolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"}},
  GetRepositoryPolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"}},
  ImageIdentifier: {"imageTag":{"min":1,"max":300}},
  ImageTagMutabilityExclusionFilter: {"filterType":{"enum":["WILDCARD"],"required":true},"filter":{"min":1,"max":128,"pattern":"^[0-9a-zA-Z._*-]{1,128}$","required":true}},
  ListImagesFilter: {"tagStatus":{"enum":["TAGGED","UNTAGGED","ANY"]},"imageStatus":{"enum":["ACTIVE","ARCHIVED","ACTIVATING","ANY"]}},
  ListImagesRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"registryId":{"pattern":"[0-9]{12}"},"maxResults":{"min":1,"max":1000}},
  ListTagsForResourceRequest: {"resourceArn":{"required":true}},
  PutImageScanningConfigurationRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"imageScanningConfiguration":{"required":true},"registryId":{"pattern":"[0-9]{12}"}},
  PutImageTagMutabilityRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"imageTagMutability":{"enum":["MUTABLE","IMMUTABLE","IMMUTABLE_WITH_EXCLUSION","MUTABLE_WITH_EXCLUSION"],"required":true},"registryId":{"pattern":"[0-9]{12}"},"imageTagMutabilityExclusionFilters":{"min":1,"max":5}},
  PutLifecyclePolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"lifecyclePolicyText":{"min":100,"max":30720,"required":true},"registryId":{"pattern":"[0-9]{12}"}},
  SetRepositoryPolicyRequest: {"repositoryName":{"min":2,"max":256,"pattern":"[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*","required":true},"policyText":{"max":10240,"required":true},"registryId":{"pattern":"[0-9]{12}"}},
  Tag: {"Key":{"required":true},"Value":{"required":true}},
  TagResourceRequest: {"resourceArn":{"required":true},"tags":{"required":true}},
  UntagResourceRequest: {"resourceArn":{"required":true},"tagKeys":{"required":true}},
};
