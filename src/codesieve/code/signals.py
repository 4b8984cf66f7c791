"""What gives a programming language away: substrings and patterns with weights, as data.

A signal is some needles (plain substrings, of which one must be there: looked for first because
that is fast), a pattern that must then be found too (or none), and the weight it lends to each
language. Every pattern is linear: bounded repeats, or repeats of one class that a literal outside
it ends.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Signal(NamedTuple):
    """One line of the tables below."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str] | None
    weights: tuple[tuple[str, int], ...]

    def found_in(self, text: str) -> bool:
        """Whether `text` shows this signal."""
        for needle in self.needles:
            if needle in text:
                return self.pattern is None or self.pattern.search(text) is not None
        return False


def _table(text: str) -> tuple[Signal, ...]:
    """Signals of lines `weights  needles  pattern`: fields parted by two blanks, `␣` is a blank."""
    signals = []
    for line in text.strip().splitlines():
        weights, needles, *pattern = re.split(r" {2,}", line.strip(), maxsplit=2)
        signals.append(
            Signal(
                tuple(needle.replace("␣", " ") for needle in needles.split(" ")),
                re.compile(pattern[0], re.MULTILINE) if pattern else None,
                tuple((name, int(weight)) for name, weight in map(_pair, weights.split(","))),
            )
        )
    return tuple(signals)


def _pair(entry: str) -> tuple[str, str]:
    name, _, weight = entry.partition(":")
    return name, weight


SIGNALS = _table(r'''
python:2,ruby:2,scala:1  def␣  ^[ \t]*(?:async )?def [\w.]+
python:4  def␣  ^[ \t]*(?:async )?def \w+ ?\([^\n]{0,300}\)[^\n={]{0,80}:[ \t]*(?:$|#|[a-z\"'])
python:4  import␣  ^[ \t]*import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?){0,9}[ \t]*(?:#[^\n]{0,200})?$
python:5  import␣  ^[ \t]*from [\w.]+ import [\w(*]
python:3  class␣  ^class \w+(?:\([\w., =]{0,100}\))?:
python:2  print(  ^[ \t]*print\(
python:2  print␣  ^[ \t]*print [\"'\w]
python:3  elif␣  ^[ \t]*elif\b[^\n]{1,200}:
python:3  for␣  ^[ \t]*for [\w, ()]{1,80} in [^\n{]{1,200}:[ \t]*(?:$|#|\w)
python:2  if␣  ^[ \t]*if [^\n{;]{1,200}[^\n{;:]:[ \t]*(?:$|#|[a-z])
python:2  while␣  ^[ \t]*while [^\n{;]{1,200}:[ \t]*(?:$|#|[a-z])
python:2  else:  ^[ \t]*else:
python:2  try:  ^[ \t]*try:
python:2  except  ^[ \t]*except\b[^\n]{0,100}:
python:2  with␣  ^[ \t]*with \w[^\n]{1,200} as \w+:
python:2,rust:1,ruby:1,swift:1  self.
python:3  (self
python:5  __init__
python:5  __name__
python:2  lambda  \blambda\b[^\n]{0,60}:
python:1  range(
python:1  len(
python:1,rust:1  None
python:1  True
python:1  False
python:2  """
python:1  input(
python:2  np.
python:2  pd.
python:2  plt.
python:2  in␣range(
python:2  ␣for␣  [\[({][^\n\[\]]{1,80} for \w+(?:, ?\w+)? in[ ]
python:3  not␣in  \bif \w+ not in \w
javascript:3,php:1,lua:2,bash:1  function␣ function(  function\b ?\w* ?\(
javascript:3  function␣ function(  ^[ \t]*(?:async )?function ?\w* ?\([\w, ={}\[\]]{0,120}\)\s{0,4}\{
javascript:3,go:1,cpp:1,rust:1  const␣  ^[ \t]*(?:export )?const [\w{}\[\], ]{1,80} =[ ]
javascript:3,swift:2,rust:1  let␣  \blet [\w{}\[\], ]{1,80} ?= ?
javascript:2,csharp:1,swift:2,kotlin:1  var␣  \bvar \w+ ?= ?
javascript:1,csharp:1,scala:1,rust:1,php:1,ruby:1  =>
javascript:3  =>  (?:\)|\w) => [{(]
javascript:2  =>  (?:\([\w, ]{0,60}\)|\b\w+) =>[ ]
javascript:6  console.
javascript:5  document.  \bdocument\.(?:get|query|create|body|add|write)
javascript:3  window.
javascript:4  require(  \brequire\(['\"]
javascript:2,php:1,ruby:1  ===
javascript:6  module.exports
javascript:4  export  ^export (?:default|const|function|class|async|\{)
javascript:6  import  ^import [\w{}*, \n]{1,200} from ['\"]
javascript:1  Math.
javascript:1  undefined
javascript:4  $(  \$\(['\"(#.\w]{2}[^\n]{0,80}\)\.
javascript:1,java:1  new␣Date(
javascript:3  JSON.
javascript:2  alert(
javascript:1,java:1  .length;
javascript:2  .length  for ?\((?:let|var)[ ]
javascript:2  class  ^class \w+(?: extends [\w.]+)? \{
javascript:3  constructor  ^[ \t]*constructor ?\(
javascript:2  .map(
javascript:2  .then(
javascript:2  async  \basync (?:function|\()
javascript:3  useState
javascript:2  this.  \bthis\.\w+ =[ ]
typescript:5  :␣string :␣number :␣boolean :␣any :␣void :␣unknown :␣never  [\w\])?]: (?:string|number|boolean|any|void|never|unknown)\b(?!:)
typescript:4  interface␣  ^[ \t]*(?:export )?interface \w+[^\n]{0,80}\{[^}]{0,200}\w\??:[ ]
typescript:3  :␣Array< :␣Promise< :␣Record< :␣Map< :␣Set< :␣Observable<
typescript:3  type␣  ^(?:export )?type \w+(?:<\w+>)? =[ ]
java:6  public␣static␣void␣main  String
java:6  System.  \bSystem\.(?:out|err|in)\b
java:3,csharp:3,php:1,typescript:1,scala:1  public␣  ^[ \t]*public (?:static |final |abstract |override )*[\w<>\[\], ?]{1,60} \w+ ?\(
java:3,csharp:3  public␣class private␣class final␣class abstract␣class static␣class  ^[ \t]*(?:public |private |final |abstract |static )+class \w+
java:6,kotlin:3,scala:3  import␣  ^[ \t]*import (?:static )?(?:java|javax|org|com|android)\.
java:3  import␣  ^[ \t]*import [\w.*]+;
java:5  package␣  ^package [\w.]+;
java:2,kotlin:1,scala:1,swift:1  String  String\b
java:2  String␣ String[]␣  String(?:\[\])? \w+
java:2,csharp:2,php:1,typescript:1  private␣  ^[ \t]*private \w
java:3  ArrayList<
java:2  HashMap<
java:5  @Override
java:2  throws  \) throws \w
java:1,javascript:1,php:1,scala:1  extends
java:2,csharp:1  =␣new␣  \b([A-Z]\w*)(?:<[\w<>, ?]{0,40}>)? \w+ = new[ ]
java:2  boolean  \bboolean \w+
java:2  .length()
java:2  Integer  \bInteger\b
java:1  Math.
c:3,cpp:3  #include  ^[ \t]*# ?include ?[<\"]
c:3  #include  # ?include ?[<\"][\w/]+\.h[>\"]
c:3,php:1,java:1  printf(  (?<![.\w])printf\(
c:3  scanf(
c:3  malloc( calloc( realloc(  \b(?:m|c|re)alloc\(
c:2,cpp:2  int␣main( void␣main( int␣main␣(
c:2,cpp:2,csharp:1,java:1  int␣ char␣ float␣ double␣ void␣ bool␣ long␣ int* char*  ^[ \t]*(?:(?:unsigned|static|const|long|inline) )*(?:int|char|float|double|void|bool|long)[ *]+\w+ ?(?:\(|=|;|,|\[)
c:2,cpp:2  struct␣ struct{  ^[ \t]*(?:typedef )?struct\b ?\w* ?\{?
c:1,cpp:1,php:1  ->  \w->\w
c:3,cpp:2  char␣* int␣* void␣* float␣* double␣* char* int* void* float* double* struct␣  \b(?:char|int|void|float|double|struct \w+) ?\*+ ?\w
c:2,cpp:1  NULL
c:2,cpp:1  #define
c:2,cpp:1  typedef
c:1,cpp:1  &  \(&\w
c:1,cpp:1,java:1,csharp:1,javascript:1  for␣(int␣ for(int␣ for␣(size_t for(size_t  for ?\((?:int|size_t) \w+ ?= ?
cpp:6  std::
cpp:6  cout  \bcout ?<<
cpp:6  cin  \bcin ?>>
cpp:6  using␣namespace  using namespace \w+;
cpp:6  #include  # ?include ?<(?!std(?:io|lib|int|bool|arg|def)\b)[a-z_/+]+(?:c\+\+\.h)?>
cpp:5  template<typename template␣<typename template<class template␣<class
cpp:4  vector<
cpp:2  ::  \w::~?\w
cpp:3  public: private: protected:  ^[ \t]*(?:public|private|protected):
cpp:4  nullptr
cpp:3  string␣  ^[ \t]*string \w+ ?(?:=|\(|;)
cpp:3  auto␣  \bauto [&*]?\w+ ?[=:]
cpp:2  string& string␣& vector int& int␣& auto& auto␣&  \b(?:string|vector<\w+>|int|auto) ?& ?\w
cpp:2  operator  operator ?[()\[\]<>+=*-]{1,2}
csharp:6  using␣System
csharp:6  Console.
csharp:3  namespace␣  ^namespace [\w.]+\s{0,3}[{;]
csharp:5  static␣void␣Main static␣int␣Main static␣async␣Task␣Main static␣Task␣Main
csharp:3  string␣ string[]␣  \bstring(?:\[\])? \w+ ?(?:=|;|,|\)|\{)
csharp:6  get;
csharp:3  foreach  foreach ?\((?:var|int|string|\w+) \w+ in[ ]
csharp:4  IEnumerable
csharp:3  List<  \bList<(?:int|string|double|bool|long|float|char|object)>
csharp:3  Dictionary<
csharp:2  .ToString(
csharp:3  using␣  ^using [A-Z][\w.]+;
csharp:2  .Length
csharp:2  .Count
go:7  package␣  ^package \w+$
go:5  func␣  ^func (?:\([^)\n]{1,60}\) )?\w+(?:\[[^\]\n]{1,60}\])?\([^\n:]{0,200}\)(?: ?[\w\[\]*(), .{}]{1,60})? ?\{
go:3  :=  ^[ \t]*(?:if |for |switch )?[\w, ]{1,60} :=[ ]
go:5  fmt.
go:5  import␣( import␣"  ^import (?:\(|\"\w)
go:5  err␣!=␣nil
go:2  []int []string []byte []float64 []bool []interface []uint []rune map[string] map[int] map[rune]  (?:^|[\s(,{=*])(?:\[\](?:int|string|byte|float64|bool|uint|rune|interface)|map\[(?:string|int|rune)\])
go:3  func(  func\([\w, .*\[\]]{0,60}\)(?: [\w\[\]*(), .]{1,40})? \{
go:2  :=␣range␣
go:2  struct␣{ struct{ interface␣{ interface{  ^type \w+ (?:struct|interface) ?\{
rust:6  fn␣  ^[ \t]*(?:pub(?:\(\w+\))? |async |unsafe |const )*fn \w+
rust:5  let␣mut
rust:5  println!( vec![ format!( assert_eq!( panic!( print!( assert!(
rust:3  impl  ^impl\b
rust:3  &str
rust:2  Vec<
rust:5  use␣  ^use [\w:{}, *]{1,100};
rust:4  #[  ^#!?\[\w+
rust:4  &mut
rust:2  unwrap()
rust:2  match␣  \bmatch [^\n{]{1,60}\{
rust:2  )␣->␣  \) -> [\w&<(]
php:20  <?php
php:12  <?=
php:3,perl:2  $  ^[ \t]*\$\w+ ?=[^=]
php:4  $this->
php:3  $  \$\w+->\w
php:2  echo␣  \becho [\"'$][^\n]{0,200};
php:2  array(
php:4  as␣$
php:5  $_  \$_(?:POST|GET|SESSION|SERVER|REQUEST|FILES)\b
php:4  ($ (&$ ␣$  function \w* ?\((?:\w+ )?&?\$
php:3  public␣ private␣ protected␣  (?:public|private|protected) (?:static )?(?:function\b|\$)
php:3  function  (?:public|private|protected) (?:static )?function\b
ruby:4  end  ^[ \t]*end$
ruby:4  puts␣ puts"  ^[ \t]*puts\b
ruby:4  do␣| do| {␣| {|  (?:do|\{) ?\|[\w, ]{1,40}\|
ruby:2  .each
ruby:4  require␣ require_relative␣  ^require(?:_relative)? ['\"]
ruby:6  attr_accessor attr_reader attr_writer
ruby:2  @  ^[ \t]*@\w+ ?\|?\|?=
ruby:2,perl:3,php:1,lua:1  elsif  ^[ \t]*(?:\} ?)?elsif\b
ruby:2,go:1,lua:1,swift:1  nil  \bnil\b
ruby:3  class␣  ^[ \t]*class [A-Z]\w*(?: ?< ?[\w:]+)?$
ruby:3  unless␣  ^[ \t]*(?:return )?\w*[ \t]?unless[ ]
ruby:3  #{  \"[^\"\n]{0,80}#\{
ruby:3  def␣  ^[ \t]*def (?:self\.)?\w+[?!]?(?:\([^\n:]{0,100}\))?$
ruby:3  .nil? .empty? .include? .even? .odd? .any? .all? .zero?
swift:4  func␣  ^[ \t]*(?:\w+ ){0,2}func \w+(?:<\w+(?:: \w+)?>)?\((?:_ |\w+ )?(?:\w+: [^\n]{0,200})?\)(?: throws)?(?: ->| \{)
swift:5  if␣let␣ guard␣let␣  ^[ \t]*(?:guard|if) let \w+ = [^\n(]
swift:6  import␣  ^import (?:UIKit|Foundation|SwiftUI|XCTest)$
swift:3  (_␣  \(_ \w+:
swift:3  let␣ var␣  \b(?:let|var) \w+: ?\[?[A-Z]\w*
swift:3  \(  \"[^\"\n]{0,80}\\\(
swift:3  ..<
kotlin:6  fun␣  ^[ \t]*(?:(?:override|private|suspend|inline|public) )*fun (?:<\w+> )?[\w.]+\(
kotlin:3,scala:3  val␣  ^[ \t]*val \w+
kotlin:2,scala:2  println(
kotlin:3  data␣class
kotlin:3  when  \bwhen ?\([^\n)]{0,40}\) ?\{
scala:6  def␣  ^[ \t]*(?:override )?def \w+(?:\[\w+\])?\([^\n]{0,200}\)(?:: ?[\w\[\], ()]{1,60})? ?= ?
scala:5  object␣  ^[ \t]*(?:case )?object \w+
scala:4  case␣class
scala:2  List[ Array[ Option[ Seq[ Map[  (?:List|Array|Option|Seq|Map)\[[A-Z]
perl:6  my␣ my(  ^[ \t]*(?:foreach |for )?my ?[$@%(]
perl:5  sub␣  ^[ \t]*sub \w+ ?\{
perl:6  use␣strict use␣warnings
perl:3  @_  @_\b
r:4  <-  ^[ \t]*[\w.]+ <-[ ]
r:4  <-  <- ?function ?\(
r:5  library(  ^[ \t]*library\(\w+\)
r:3  c(  <- ?c\(
lua:5  local␣  ^[ \t]*local (?:function )?\w+
lua:3  then  \bthen$
lua:2  then do  ^[ \t]*end[ \t]*$
lua:3  pairs(
bash:3  then  (?:^|; ?)then$
bash:5  fi  ^[ \t]*fi$
bash:5  done  ^[ \t]*done$
bash:4  if␣[ while␣[
bash:5  esac  ^[ \t]*esac
bash:3  echo␣  ^[ \t]*echo (?:-\w+ )?[\"'$\w][^\n;]*$
bash:3  $(  =\$\(
bash:2  $  \$\{\w+|\"\$\w+\"|\$[1-9@#]
bash:2  read␣  ^[ \t]*read (?:-p )?\S
bash:4  sudo␣  ^[ \t$]*sudo[ ]
bash:4  ls␣- grep␣- find␣ mkdir␣- chmod␣ chown␣ curl␣ wget␣ git␣ docker␣ npm␣ npx␣ yarn␣ pip␣ pip3␣ cp␣- mv␣- rm␣- cat␣- awk␣- sed␣- sort␣- tar␣ ps␣- kill␣- apt␣ apt-get␣ head␣- tail␣- wc␣- du␣- df␣- ssh␣ scp␣ cut␣- kubectl␣ uniq␣- diff␣-  ^[ \t$]*(?:cd|ls|mkdir|grep|find|chmod|chown|curl|wget|git|docker|npm|npx|yarn|pip3?|cp|mv|rm|cat|awk|sed|sort|tar|ps|kill|apt(?:-get)?|head|tail|wc|du|df|ssh|scp|for \w+ in|cut|kubectl|uniq|diff)(?: [^\n:]{0,120})? --?\w
bash:4  |␣grep |␣awk |␣sed |␣sort |␣wc |␣head |␣tail |␣xargs |␣cut |␣tr |␣uniq |␣less |␣tee
bash:3  *.  ^[ \t$]*(?:ls|grep|find|cp|mv|rm|cat|for \w+ in)\b[^\n;]{0,120}\*\.\w+
bash:3  git␣ npm␣ pip␣ docker␣ cd␣ mkdir␣ rm␣ ls␣ cat␣  ^[ \t]*(?:git|npm|pip|docker|cd|mkdir|rm|ls|cat) [\w./-]+$
bash:3  for␣  ^[ \t]*for \w+ in [^\n:]{1,80}(?:; ?do)?$
css:4  px; %; em; ;␣} ;}  ^[\w.#*:@\[\]=\"', >~+()-]{1,120}\{\s{0,80}[\w-]{2,40} ?: ?[^;{}\n]{1,120};
css:4  color: font- margin padding: width: height: display: text-align: position: float: opacity: transform: transition: animation: justify-content align-items border:  (?:color|font-\w+|margin(?:-\w+)?|padding|width|height|display|text-align|position|float|opacity|transform|transition|animation|justify-content|align-items|border) ?: ?[^;{}\n,()]{1,80};
css:3  @media
css:3  @keyframes
sql:6  SELECT select Select  (?i)^[ \t(]*SELECT\b[^;]{1,600}\bFROM\b
sql:3  SELECT select Select  (?i)^[ \t(]*SELECT\b
sql:6  INSERT insert Insert  (?i)^[ \t]*INSERT (?:IGNORE )?INTO\b
sql:6  CREATE create Create  (?i)^[ \t]*CREATE (?:OR REPLACE |TEMPORARY |UNIQUE )?(?:TABLE|VIEW|INDEX|DATABASE|PROCEDURE|TRIGGER|FUNCTION)\b
sql:6  UPDATE update Update  (?i)^[ \t]*UPDATE [\w.`\[\]]{1,80}\s{1,40}SET\b
sql:6  DELETE delete Delete  (?i)^[ \t]*DELETE FROM\b
sql:6  ALTER alter Alter  (?i)^[ \t]*ALTER TABLE\b
sql:6  DROP drop Drop  (?i)^[ \t]*DROP (?:TABLE|DATABASE|VIEW|INDEX)\b
sql:2  WHERE where Where  (?i)^[ \t]*WHERE\b
sql:2  GROUP␣BY group␣by Group␣by  (?i)^[ \t]*GROUP BY\b
sql:2  ORDER␣BY order␣by Order␣by  (?i)^[ \t]*ORDER BY\b
sql:4  WITH with With  (?i)^WITH \w+ AS\s{0,5}\(
sql:3  TRUNCATE truncate Truncate  (?i)^TRUNCATE TABLE\b
html:9  <!DOCTYPE␣html <!DOCTYPE␣HTML <!doctype␣html
html:7  <HTML <html
html:4  </ <p <br <img <input <a <div  (?i)</?(?:HEAD|BODY|DIV|P|A|TABLE|TR|TD|TH|UL|OL|LI|FORM|INPUT|BUTTON|H[1-6]|SPAN|IMG|SCRIPT|STYLE|LABEL|SELECT|OPTION|NAV|HEADER|FOOTER|SECTION|BR|HR|TITLE|META|LINK|TEXTAREA|CANVAS|VIDEO|AUDIO|B|I|STRONG|EM)\b[^<>]{0,300}/?>
html:3  </  (?i)^[ \t]*<\w[^<>]{0,300}>[^<>]{0,300}</\w+>$
''')


def _index(signals: tuple[Signal, ...]) -> tuple[dict[str, frozenset[int]], frozenset[int]]:
    """Places of signals by the first word of their needles; places of those that need no word."""
    by_word: dict[str, set[int]] = {}
    wordless = set()
    for place, signal in enumerate(signals):
        words = [_WORD.search(needle) for needle in signal.needles]
        if None in words:
            wordless.add(place)
            continue
        for found in words:
            if found is not None:
                by_word.setdefault(found.group(), set()).add(place)
    return {word: frozenset(places) for word, places in by_word.items()}, frozenset(wordless)


_WORD = re.compile(r"\w+")
_BY_WORD, _WORDLESS = _index(SIGNALS)
_KNOWN = frozenset(_BY_WORD)


def candidates(text: str) -> Iterable[Signal]:
    """The signals that `text` may show, judged by its words; each once, in no order."""
    words = _KNOWN.intersection(_WORD.findall(text))
    places = _WORDLESS.union(*(_BY_WORD[word] for word in words))
    return [SIGNALS[place] for place in places]
