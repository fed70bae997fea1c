// HTML from templates in which every value is escaped, unless it is markup already.

/** A piece of HTML. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | false | undefined | readonly Content[];

/** html`<p>${text}</p>`: text is escaped, markup and lists of it are put in, `false` and `undefined` leave nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: String.raw({ raw: strings }, ...values.map(rendered)) };
}

/** Trusts a string to be HTML. */
export function raw(markup: string): Markup {
  return { markup };
}

function rendered(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string')
    return content.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return 'markup' in content ? content.markup : content.map(rendered).join('');
}
