import { parseWithNumbers } from "../../../emulator/event-pattern/json-number.ts";
import { compileEventPattern, type Pattern } from "../../../emulator/event-pattern/match.ts";
import { invalidParameter } from "./errors.ts";

/** Lambda says the same of everything that is wrong with a pattern. */
const invalid = () => invalidParameter("Invalid filter pattern definition.");

/**
 * Compiles a pattern of FilterCriteria: an object of the record's form, whose leaves are lists of what is accepted there.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export const compilePattern = (text: string): Pattern => compileEventPattern(parse(text), invalid);

/** With numbers as they are written: Lambda compares them so. */
function parse(text: string): unknown {
  try {
    return parseWithNumbers(text);
  } catch {
    throw invalid();
  }
}
