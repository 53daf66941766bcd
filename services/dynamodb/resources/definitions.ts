export const byName = <T extends { readonly IndexName: string }>(indexes: readonly T[] | undefined): Map<string, T> =>
  new Map(indexes?.map((index) => [index.IndexName, index]));

interface Attribute {
  readonly AttributeName?: string | undefined;
  readonly AttributeType?: string | undefined;
}

/** The first attribute that keeps its name and changes its type. */
export function retyped(before: readonly Attribute[] = [], after: readonly Attribute[] = []): Attribute | undefined {
  const types = new Map(before.map((each) => [each.AttributeName, each.AttributeType]));
  return after.find(
    ({ AttributeName, AttributeType }) => (types.get(AttributeName) ?? AttributeType) !== AttributeType,
  );
}
