// Where in a JSON text its members stand, also when the text is broken.

// places gives the line of every member, by its path as problem documents
// write it ("receipt.orderLines[0].name"), and the values that are no objects
// or lists. It reads on over commas too many, so that the rest of a body can
// be judged as well.
export function places(text) {
  const found = new Map();
  let at = 0;
  let line = 1;
  const skip = () => {
    while (at < text.length && /[\s,]/.test(text[at])) if (text[at++] === "\n") line++;
  };
  const string = () => {
    const m = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(at));
    if (!m) return null;
    at += m[0].length;
    try {
      return JSON.parse(m[0]);
    } catch {
      return m[0].slice(1, -1);
    }
  };
  const value = (path, depth) => {
    skip();
    if (depth > 60) return false;
    if (text[at] === "{") return object(path, depth);
    if (text[at] === "[") return list(path, depth);
    const entry = { line };
    if (text[at] === '"') {
      entry.value = string();
      if (entry.value === null) return false;
    } else {
      const m = /^[^\s,:{}[\]"]+/.exec(text.slice(at, at + 400));
      if (!m) return false;
      at += m[0].length;
      entry.raw = m[0];
      const n = Number(m[0]);
      entry.value = Number.isNaN(n) ? { true: true, false: false, null: null }[m[0]] : n;
    }
    found.set(path || "$", entry);
    return true;
  };
  const object = (path, depth) => {
    found.set(path || "$", { line });
    at++;
    for (;;) {
      skip();
      if (text[at] === "}") return at++, true;
      if (text[at] !== '"') return false;
      const start = line;
      const name = string();
      if (name === null) return false;
      skip();
      if (text[at] !== ":") return false;
      at++;
      const inner = path ? path + "." + name : name;
      if (!value(inner, depth + 1)) return false;
      found.get(inner).line = start;
    }
  };
  const list = (path, depth) => {
    const own = { line, length: 0 };
    found.set(path || "$", own);
    at++;
    for (let i = 0; ; i++) {
      skip();
      if (text[at] === "]") return at++, true;
      if (at >= text.length || !value(`${path}[${i}]`, depth + 1)) return false;
      own.length = i + 1;
    }
  };
  found.whole = value("", 0);
  return found;
}

// lineOf finds the line a complaint is about: the one it names, that of the
// member, or that of the nearest member around it.
export function lineOf(all, name, reason) {
  const said = /^Line (\d+), column \d+/.exec(reason || "");
  if (said) return Number(said[1]);
  for (let path = String(name || "").replaceAll("/", ".").replace(/^\./, ""); path; path = path.replace(/(\.[^.[]*|\[\d*\]|^[^.[]+)$/, "")) {
    const entry = all.get(path);
    if (entry) return entry.line;
    const any = [...all.keys()].find((key) => key.toLowerCase() === path.toLowerCase());
    if (any) return all.get(any).line;
    if (!/[.[]/.test(path)) return 0;
  }
  return 0;
}
