import { describe, expect, test } from 'vitest';
import { findAction, replaceAction } from '../../../src/desktop/uca-xml.ts';

const MINE = '<action>\n\t<unique-id>mine</unique-id>\n</action>';
const OTHERS = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE actions [
]>
<actions>
<!-- <action><unique-id>mine</unique-id></action> -->
<action>
	<name a=">">Open Terminal Here</name>
	<unique-id>1290-1</unique-id>
	<command>exo-open --working-directory %f &amp;&amp; echo "&lt;action&gt;"</command>
	<directories/>
</action>
<action><unique-id>2</unique-id><description><![CDATA[</action></actions>]]></description></action>
</actions>
`;

describe('an action of Thunar', () => {
  test('is put behind the others, replaced where it is, and taken out, with no other character changed', () => {
    const added = replaceAction(OTHERS, 'mine', MINE);
    expect(added).toBe(OTHERS.replace('</actions>\n', () => `${MINE}\n</actions>\n`));
    const longer = MINE.replace('\t', '\t<icon/>');
    const replaced = replaceAction(added, 'mine', longer);
    expect(replaced).toBe(added.replace(MINE, () => longer));
    expect(replaceAction(replaced, 'mine', longer)).toBe(replaced);
    expect(replaceAction(replaced, 'mine', undefined)).toBe(OTHERS);
  });

  test('that is there twice is left once', () => {
    const twice = replaceAction(replaceAction(OTHERS, 'mine', MINE), 'second', MINE);
    expect(twice.split(MINE).length).toBe(3);
    expect(replaceAction(twice, 'mine', MINE)).toBe(replaceAction(OTHERS, 'mine', MINE));
  });

  test('is not found in comments, and not where there is none', () => {
    expect(findAction(OTHERS, 'mine')).toBeUndefined();
    expect(replaceAction(OTHERS, 'mine', undefined)).toBe(OTHERS);
    expect(findAction(OTHERS, '1290-1')).toContain('Open Terminal Here');
  });

  test.each([
    '',
    'not XML',
    '<actions>',
    '<actions></action></actions>',
    '<other></other>',
    '<actions></actions><actions></actions>',
    '<actions><action></actions>',
  ])('is not written into %j', (text) => {
    expect(() => replaceAction(text, 'mine', MINE)).toThrow(expect.objectContaining({ code: 'not-supported' }));
  });
});
