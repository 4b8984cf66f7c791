"""What operations are called in many programming languages, for views that see across them."""

from collections.abc import Mapping

_CALLED = {
    "len": "len length size strlen count Length Count sizeof",
    "append": "append push push_back add emplace_back pushBack Add insert",
    "sort": "sort sorted qsort Sort toSorted",
    "abs": "abs fabs Abs",
    "upper": "upper toUpperCase toupper ToUpper isupper isUpperCase to_uppercase is_uppercase",
    "lower": "lower toLowerCase tolower ToLower islower isLowerCase to_lowercase is_lowercase",
    "min": "min Min fmin",
    "max": "max Max fmax",
    "sum": "sum reduce accumulate",
    "str": "str toString to_string String Itoa",
    "int": "int parseInt atoi stoi Integer Atoi",
    "float": "float double parseFloat atof stod",
    "split": "split Split strtok",
    "join": "join Join",
    "reverse": "reverse reversed Reverse rev",
    "power": "sqrt pow Pow Sqrt **",
    "floor": "floor Floor trunc",
    "ceil": "ceil Ceil",
    "round": "round Round toFixed",
    "slice": "substr substring slice",
    "replace": "replace Replace replaceAll",
    "find": "find index indexOf contains includes Contains",
    "digit": "isdigit isDigit",
    "alpha": "isalpha isLetter isalnum",
    "set": "set Set HashSet unordered_set unique",
    "map": "dict Map HashMap unordered_map map",
    "md5": "md5 MD5",
    "ord": "ord charCodeAt",
    "chr": "chr fromCharCode",
    "pop": "pop pop_back shift",
    "null": "None null NULL nullptr nil undefined",
    "true": "True true",
    "false": "False false",
    "return": "return",
    "if": "if elif",
    "else": "else",
    "loop": "for while foreach forEach loop",
    "and": "and &&",
    "or": "or ||",
    "not": "not !",
    "break": "break",
    "continue": "continue",
    "equal": "== ===",
    "unequal": "!= !==",
    "modulo": "%",
    "divide": "/ //",
    "times": "*",
    "plus": "+",
    "minus": "-",
    "less": "<",
    "more": ">",
    "less-equal": "<=",
    "more-equal": ">=",
    "increase": "++ +=",
    "decrease": "-- -=",
}
OPERATIONS: Mapping[str, str] = {
    name: operation for operation, called in _CALLED.items() for name in called.split()
}
# Words that declare types or functions: languages differ in whether they say them at all.
_SILENT = """
    char bool void long auto const let var static public private vector list List Boolean def
    function func fn mut pub usize i32 i64 double String string
"""
SILENT = frozenset(_SILENT.split())
