/** Tags of a resource that only AWS gives and takes, such as aws:cloudformation:stack-name. */
export const isSystemTag = (key: string): boolean => key.toLowerCase().startsWith("aws:");

/** System tags do not count toward the number of tags that a resource may have. */
export const userTagCount = (keys: readonly string[]): number => keys.filter((key) => !isSystemTag(key)).length;
