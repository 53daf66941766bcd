/** `Application/JSON; charset=utf-8` -> `application/json` */
export const mediaType = (header: string | undefined): string | undefined =>
  header?.split(";")[0]?.trim().toLowerCase() || undefined;

/** Whether a media type is one of an API's binary ones; those may be `image/*` and `*`+`/*`. */
export function isBinaryType(type: string | undefined, binaryTypes: readonly string[]): boolean {
  if (binaryTypes.length === 0) return false;
  return binaryTypes.some((binary) => {
    const wanted = binary.toLowerCase();
    if (wanted === "*/*") return true;
    if (type === undefined) return false;
    return wanted.endsWith("/*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
  });
}

/** API Gateway looks at the first type that a client accepts, and no further. */
export const firstAccepted = (accept: string | undefined): string | undefined => mediaType(accept?.split(",")[0]);
