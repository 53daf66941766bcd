// Emitted by scripts/constraints.mjs from botocore's model 2014-11-06 of SSM; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  AddTagsToResourceRequest: {"ResourceType":{"enum":["Document","ManagedInstance","MaintenanceWindow","Parameter","PatchBaseline","OpsItem","OpsMetadata","Automation","Association"],"required":true},"ResourceId":{"required":true},"Tags":{"max":1000,"required":true}},
  DeleteParameterRequest: {"Name":{"min":1,"max":2048,"required":true}},
  DeleteParametersRequest: {"Names":{"min":1,"max":10,"member":{"min":1,"max":2048},"required":true}},
  DescribeParametersRequest: {"MaxResults":{"min":1,"max":50}},
  GetParameterHistoryRequest: {"Name":{"min":1,"max":2048,"required":true},"MaxResults":{"min":1,"max":50}},
  GetParameterRequest: {"Name":{"min":1,"max":2048,"required":true}},
  GetParametersByPathRequest: {"Path":{"min":1,"max":2048,"required":true},"MaxResults":{"min":1,"max":10}},
  GetParametersRequest: {"Names":{"min":1,"max":10,"member":{"min":1,"max":2048},"required":true}},
  LabelParameterVersionRequest: {"Name":{"min":1,"max":2048,"required":true},"Labels":{"min":1,"max":10,"member":{"min":1,"max":100},"required":true}},
  ListTagsForResourceRequest: {"ResourceType":{"enum":["Document","ManagedInstance","MaintenanceWindow","Parameter","PatchBaseline","OpsItem","OpsMetadata","Automation","Association"],"required":true},"ResourceId":{"required":true}},
  ParameterStringFilter: {"Key":{"min":1,"max":132,"pattern":"tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType","required":true},"Option":{"min":1,"max":10},"Values":{"min":1,"max":50,"member":{"min":1,"max":1024}}},
  ParametersFilter: {"Key":{"enum":["Name","Type","KeyId"],"required":true},"Values":{"min":1,"max":50,"member":{"min":1,"max":1024},"required":true}},
  PutParameterRequest: {"Name":{"min":1,"max":2048,"required":true},"Value":{"required":true},"Description":{"max":1024},"Type":{"enum":["String","StringList","SecureString"]},"KeyId":{"min":1,"max":256,"pattern":"^([a-zA-Z0-9:/_-]+)$"},"AllowedPattern":{"max":1024},"Tags":{"max":1000},"Tier":{"enum":["Standard","Advanced","Intelligent-Tiering"]},"Policies":{"min":1,"max":4096},"DataType":{"max":128}},
  RemoveTagsFromResourceRequest: {"ResourceType":{"enum":["Document","ManagedInstance","MaintenanceWindow","Parameter","PatchBaseline","OpsItem","OpsMetadata","Automation","Association"],"required":true},"ResourceId":{"required":true},"TagKeys":{"member":{"min":1,"max":128,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$"},"required":true}},
  Tag: {"Key":{"min":1,"max":128,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$","required":true},"Value":{"max":256,"pattern":"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$","required":true}},
  UnlabelParameterVersionRequest: {"Name":{"min":1,"max":2048,"required":true},"ParameterVersion":{"required":true},"Labels":{"min":1,"max":10,"member":{"min":1,"max":100},"required":true}},
};
