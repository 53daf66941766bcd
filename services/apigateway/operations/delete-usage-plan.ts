import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";

/**
 * Deletes a usage plan that has no stages left.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteUsagePlan.html
 */
export const deleteUsagePlan: Operation<"DeleteUsagePlan"> = ({ store }, { usagePlanId }) => {
  const [stage] = requirePlan(store, usagePlanId).apiStages;
  if (stage) {
    throw badRequest(
      `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${stage.apiId}:${stage.stage}`,
    );
  }
  store.removePlan(usagePlanId);
  return {};
};
