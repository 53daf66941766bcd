import type { Operation } from "../index.ts";
import { requireMethod } from "../lookup.ts";
import { methodView } from "../views.ts";

/**
 * One method with its responses and its integration.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetMethod.html
 */
export const getMethod: Operation<"GetMethod"> = ({ store }, input) => methodView(requireMethod(store, input).method);
