/** An empty map by names that others choose: one that every object has, such as `constructor`, is a name like any other. */
export const byName = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
