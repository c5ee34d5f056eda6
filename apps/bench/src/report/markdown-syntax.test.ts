import { expect, test } from 'vitest'
import { escapeMarkdown, headingAnchor, tableOf } from './markdown-syntax.ts'

test('a heading has the anchor that GitHub gives it', () => {
  expect(headingAnchor('Small requests: GET /images, 50 of 100')).toBe('small-requests-get-images-50-of-100')
  expect(headingAnchor('Clients at once: GET /images/{id}')).toBe('clients-at-once-get-imagesid')
  expect(headingAnchor("Memory against the file's size")).toBe('memory-against-the-files-size')
})

test('nothing in a name is markup', () => {
  expect(escapeMarkdown('a | <b> & *c* [d]_e_`f`')).toBe('a \\| &lt;b&gt; &amp; \\*c\\* \\[d\\]\\_e\\_\\`f\\`')
  expect(escapeMarkdown("curl -T, the official client's → 1")).toBe("curl -T, the official client's → 1")
})

test('columns after the first are aligned to the right, unless they hold text', () => {
  expect(tableOf(['', 'b'], [['1', '2']])).toBe('|  | b |\n| --- | ---: |\n| 1 | 2 |')
  expect(tableOf(['', 'b'], [], '---')).toBe('|  | b |\n| --- | --- |')
})
