/**
 * Words that name nothing without double quotes: those of SQL-92, and PartiQL's own.
 * @see https://partiql.org/tutorial.html, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 */
const KEYWORDS: ReadonlySet<string> = new Set(
  `
absolute action add all allocate alter and any are as asc assertion at authorization avg begin between bit bit_length by
cascade cascaded case cast catalog char char_length character character_length check close coalesce collate collation
column commit connect connection constraint constraints continue convert corresponding count create cross current
current_date current_time current_timestamp current_user cursor date date_add date_diff deallocate dec decimal declare
default deferrable deferred delete desc describe descriptor diagnostics disconnect distinct domain double drop else end
escape except exception exec execute exists external extract false fetch first float for foreign found from full get
global go goto grant group having identity immediate in indicator initially inner input insensitive insert int integer
intersect interval into is isolation join key language last left level like local lower match max min module names
national natural nchar next no not null nullif numeric octet_length of on only open option or order outer output overlaps
pad partial position precision prepare preserve primary prior privileges procedure public read real references relative
restrict revoke right rollback rows schema scroll section select session session_user set size smallint some space sql
sqlcode sqlerror sqlstate substring sum system_user table temporary then time timestamp to transaction translate
translation trim true union unique unknown update upper usage user using value values varchar varying view when whenever
where with work write zone

bag bigint blob bool boolean can_cast can_lossless_cast clob conflict do index int2 int4 int8 integer2 integer4 integer8
let limit list missing modified new nothing offset old pivot remove returning sexp string struct symbol tuple unpivot
`
    .trim()
    .split(/\s+/),
);

export const isKeyword = (word: string): boolean => KEYWORDS.has(word.toLowerCase());

/** Keywords that may stand before the parenthesis of a call. */
export const FUNCTION_KEYWORDS: ReadonlySet<string> = new Set(
  "avg bag bit_length char_length character_length count exists list lower max min octet_length sexp size sum upper".split(
    " ",
  ),
);

/** Expressions of SQL's that DynamoDB has not: told by their first word. */
export const UNSUPPORTED_TERMS: ReadonlySet<string> = new Set(
  "case cast date date_add date_diff extract pivot substring time trim values".split(" "),
);

/** Names of types behind IS, by the name that they are shown with. */
export const TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    missing: "MISSING",
    null: "NULL",
    bool: "BOOLEAN",
    boolean: "BOOLEAN",
    smallint: "SMALLINT",
    int: "INTEGER",
    integer: "INTEGER",
    int2: "SMALLINT",
    integer2: "SMALLINT",
    int4: "INTEGER4",
    integer4: "INTEGER4",
    int8: "INTEGER8",
    integer8: "INTEGER8",
    bigint: "INTEGER8",
    float: "FLOAT",
    real: "REAL",
    dec: "DECIMAL",
    decimal: "DECIMAL",
    numeric: "NUMERIC",
    timestamp: "TIMESTAMP",
    date: "DATE",
    time: "TIME",
    char: "CHARACTER",
    character: "CHARACTER",
    varchar: "CHARACTER_VARYING",
    string: "STRING",
    symbol: "SYMBOL",
    clob: "CLOB",
    blob: "BLOB",
    struct: "STRUCT",
    tuple: "TUPLE",
    list: "LIST",
    sexp: "SEXP",
    bag: "BAG",
    any: "ANY",
  }),
);
