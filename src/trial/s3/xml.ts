export type XmlChild = string | readonly XmlChild[] | undefined;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Text for an XML document. Control characters have no place in XML 1.0 and become U+FFFD, as servers do it. */
export function xmlText(value: string | number | boolean): string {
  return String(value)
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd');
}

/** An element with text that is escaped here. */
export function leaf(name: string, value: string | number | boolean): string {
  return `<${name}>${xmlText(value)}</${name}>`;
}

/** An element around children that are XML already; undefined ones are left out. */
export function element(name: string, ...children: XmlChild[]): string {
  return `<${name}>${joined(children)}</${name}>`;
}

function joined(children: readonly XmlChild[]): string {
  return children.map((child) => (typeof child === 'object' ? joined(child) : (child ?? ''))).join('');
}

/** A whole answer. */
export function xmlDocument(root: string, ...children: XmlChild[]): string {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return `${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${joined(children)}</${root}>`;
}

/** The inner XML of every element of that name, at any depth. Enough for the few, flat bodies that S3 clients send. */
export function elementsNamed(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** The text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  const inner = elementsNamed(xml, name)[0];
  return inner === undefined ? undefined : unescapeXml(inner);
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return namedEntities[name] ?? whole;
  });
}
