import { unsupported } from "../../../emulator/model/errors.ts";
import type { Operation } from "../index.ts";
import { requireModel } from "../lookup.ts";

/**
 * One model; `flatten` is refused.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetModel.html
 */
export const getModel: Operation<"GetModel"> = ({ store }, input) => {
  if (input.flatten === true) throw unsupported("flatten of GetModel");
  return requireModel(store, input.restApiId, input.modelName);
};
