import type { AnyProvider } from "./provider.ts";

const PROVIDERS: readonly AnyProvider[] = [];

const BY_TYPE = new Map(PROVIDERS.map((provider) => [provider.type, provider]));

/** The provider of a resource type, undefined where Headwater has none. */
export const resourceProvider = (type: string): AnyProvider | undefined => BY_TYPE.get(type);

/** The resource types that a template can have. */
export const resourceTypes = (): string[] => [...BY_TYPE.keys()].toSorted();
