import { describe, expect, it } from "@jest/globals";
import { Template } from "./template.ts";
import { parseJson, VtlError } from "./values.ts";

const render = (text: string, variables: Readonly<Record<string, unknown>> = {}): string =>
  new Template(text).render(variables);

/** What Apache Velocity 1.7 makes of a template. */
const CASES: readonly (readonly [what: string, template: string, expected: string, variables?: object])[] = [
  ["integer division cuts off", "#set($x = 7 / 2)$x|#set($y = -7 / 2)$y|#set($z = 7 % 3)$z", "3|-3|1"],
  ["doubles stay doubles", "#set($x = 1.0)$x|#set($y = 10.0 / 4)$y|#set($z = 2 * 1.5)$z", "1.0|2.5|3.0"],
  ["long integers do not lose digits", "#set($x = 9007199254740993 + 1)$x", "9007199254740994"],
  ["precedence", "#set($x = 1 + 2 * 3)$x|#set($y = (1 + 2) * 3)$y", "7|9"],
  ["strings join", '#set($s = "a" + 1)$s|#set($t = 1 + "a")$t', "a1|1a"],
  [
    "literals of maps and lists",
    "#set($m = {'a': 1, \"b\": [1, 'x']})$m|$m.b|$m.b[1]|$m['a']",
    "{a=1, b=[1, x]}|[1, x]|x|1",
  ],
  [
    "JSON lists print as JSON",
    "$j|$j.l",
    '{l=[{"a":1.5}], n=1}|[{"a":1.5}]',
    { j: parseJson('{"l":[{"a":1.50}],"n":1}') },
  ],
  ["what is not there is nothing", "[$a][$!a][${a.b}][$m.x][$m.x.y()]", "[][][][][]", { m: {} }],
  ["only null and false are false", "#if('')t#end#if(0)t#end#if([])t#end#if($no)f#else t#end#if(false)f#end", "ttt t"],
  [
    "conditions",
    "#if($a && !$b)1#end#if($b || $a == 1)2#end#if($a >= 1 and $a lt 2)3#end#if(not ($a != 1))4#end",
    "1234",
    { a: 1 },
  ],
  ["elseif and else", "#if($a == 1)one#elseif($a == 2)two#{else}many#end", "two", { a: 2 }],
  [
    "numbers compare by value, other types by their text",
    "#if(1 == 1.0)a#end#if('1' == 1)b#end#if('a' < 'b')c#end",
    "abc",
  ],
  ["ranges", "#foreach($i in [1..3])$i#end #foreach($i in [2..-1])$i,#end", "123 2,1,0,-1,"],
  [
    "loops know their place",
    "#foreach($i in ['a','b'])$foreach.count$foreach.index$velocityCount$i#if($foreach.hasNext),#end#end",
    "101a,212b",
  ],
  [
    "loops in loops",
    "#foreach($i in [1..2])#foreach($j in [1..2])$foreach.parent.count.$foreach.count #end#end",
    "1.1 1.2 2.1 2.2 ",
  ],
  [
    "loops over maps take values",
    "#foreach($v in $m)$v#end#foreach($e in $m.entrySet())$e.key=$e.value;#end",
    "12a=1;b=2;",
    { m: { a: 1, b: 2 } },
  ],
  ["break", "#foreach($i in [1..5])#if($i == 3)#break#end$i#end!", "12!"],
  ["stop", "a#if(true)#stop#end b", "a"],
  ["loops end after a thousand rounds", "#foreach($i in [1..2000])#set($last = $i)#end$last", "1000"],
  ["macros take arguments by name", "#macro(twice $x)$x$x#end#twice('ab')#twice(\"$y\")", "ababzz", { y: "z" }],
  ["macros that call themselves", "#macro(down $n)$n#set($m = $n - 1)#if($m > 0)#down($m)#end#end#down(3)", "321"],
  ["define renders when used", "#define($d)[$x]#end#set($x = 1)$d#set($x = 2)$d", "[1][2]"],
  ["comments and raw text", "a## no $x\nb#* no\n *#c#[[ $x #if ]]#d", "abc $x #if d"],
  ["a directive swallows the end of its line", "{\n#if(true)\n  1\n#else\n  2\n#end\n}", "{\n  1\n}"],
  ["words that begin like a directive are text", "#if(true)#endpoint #elsewhere#end-x", "#endpoint #elsewhere-x"],
  ["whitespace before a #set goes", "a\n   #set($x = 1)  \nb", "a\nb"],
  ["escapes", "\\$a|\\\\$a|\\$b|\\#if|#5 $5 $ # a@b.c #x(1)", "$a|\\1|\\$b|#if|#5 $5 $ # a@b.c #x(1)", { a: 1 }],
  ["quotes", "#set($s = \"say \"\"$a\"\"\")$s#set($t = '$a ''x''')$t", "say \"1\"$a 'x'", { a: 1 }],
  ["null is not assigned", "#set($x = 1)#set($x = $nothing)$x", "1"],
  [
    "set changes maps and lists",
    "#set($m.a.b = 1)#set($m['c'] = 2)#set($l[0] = 'x')$m.a.b$m.c$l[0]",
    "12x",
    { m: { a: {} }, l: [1] },
  ],
  [
    "methods of strings",
    "$s.length() $s.substring(1,3) $s.replaceAll('(b)c','$1-') $s.toUpperCase() $s.contains('bc') $s.matches('a.*') $s.indexOf('c')",
    "4 bc ab-d ABCD true true 2",
    { s: "abcd" },
  ],
  ["split leaves out empty ends", "#foreach($p in $s.split(','))[$p]#end", "[a][][b]", { s: "a,,b,," }],
  [
    "methods of lists",
    "#set($l = [])#if($l.add(1))#end$l.size()$l.isEmpty()$l.contains(1)$l.get(0)$l.indexOf(2)",
    "1falsetrue1-1",
  ],
  [
    "methods of maps",
    "#set($m = {})$!m.put('a', 1)$m.put('a', 2)$m.get('a')$m.containsKey('b')$m.keySet()$m.values()$m.size()",
    "12false[a][2]1",
  ],
  ["no method, no value", "[$s.nope()][$m.getClass()]", "[][]", { s: "x", m: {} }],
];

describe("mapping templates", () => {
  describe("behaviour", () => {
    for (const [what, template, expected, variables] of CASES) {
      it(what, () => {
        expect(render(template, variables as Readonly<Record<string, unknown>>)).toBe(expected);
      });
    }
  });

  describe("validation", () => {
    it.each([
      ["a block that is not closed", "#if(true) a"],
      ["an end without a beginning", "a #end b"],
      ["an expression that is none", "#set($x = )"],
      ["a reference that is not closed", "${a"],
      ["macros without an end", "#macro(f)#f()#end#f()"],
      ["an index that is not there", "$l.get(3)"],
      ["files", "#parse('x')"],
    ])("refuses %s", (_what, template) => {
      expect(() => render(template, { l: [] })).toThrow(VtlError);
    });
  });
});
