import { invalidArgument } from "./errors.ts";

const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/**
 * That a text can go out as the value of a header: what comes in a query, a form or a document need not.
 * @param name of the parameter, field or element @throws AwsError InvalidArgument
 */
export function checkHeaderValue(name: string, value: string | undefined): void {
  if (value === undefined || VALUE.test(value)) return;
  throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
}

/** That a text can be the name of a header. @throws AwsError InvalidArgument */
export function checkHeaderName(name: string): void {
  if (!NAME.test(name)) throw invalidArgument("Header name is not valid.", name, undefined);
}
